// Package blob keeps bytes under a name, on a file system, and gets them to
// the disk in such a way that what was synced survives a power cut.
package blob

// Dir keeps blobs as files below a directory. Names are slash-separated.
type Dir struct{ path string }
