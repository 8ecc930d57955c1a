// Package transparency answers how a stranger verifies a logbook: what a leaf
// is, how bodies are committed to, what a checkpoint says, and how a tree is
// recomputed from what is published. Both who writes the logbook and who
// distrusts it use this package; it knows no database.
package transparency
