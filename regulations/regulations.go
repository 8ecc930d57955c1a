// Package regulations holds the regulations this program ships with: the text
// people adopt, and under each article what the program makes of it.
package regulations

import "embed"

// Files are the documents, and clausules.csv: by its number, each duty that
// the sources of these documents lay on somebody, and in which article ours
// deals with it.
//
//go:embed *.md clausules.csv
var Files embed.FS
