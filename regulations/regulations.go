// Package regulations holds the regulations this program ships with: the text
// people adopt, and under each article what the program makes of it.
package regulations

import "embed"

// Files are the documents.
//
//go:embed *.md
var Files embed.FS
