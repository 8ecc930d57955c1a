package premises

import (
	"slices"

	"oogmerk/internal/regulation"
)

// The words below are those of regulations/woorden.md, in its order.

// RoomKinds are the kinds of room there are.
func RoomKinds() []string { return regulation.RoomKinds() }

// serverRoom is the kind of room where recordings stand.
const serverRoom = "serverruimte"

// Views are what may be in view besides the place itself.
func Views() []string {
	return []string{"openbare weg", "woning", "terrein van anderen", "werkplek van personeel"}
}

// Modes are when a camera may record.
func Modes() []string {
	return []string{regulation.Continuous, regulation.OnMotion, regulation.LiveOnly}
}

// How motion is noticed, if not by the size of pictures.
const (
	ByCamera = "camera" // the camera says so
	ByFFmpeg = "ffmpeg" // its lighter stream is decoded
)

// Senses are the ways in which motion can be noticed.
func Senses() []string { return []string{ByCamera, ByFFmpeg} }

// WorkstationKinds are the kinds of screen people may look at.
func WorkstationKinds() []string { return []string{"bekijkplek", "kantoor", "publiek"} }

// What is placed, in the details of the act "plaatsen".
const (
	aCamera      = "camera"
	aSite        = "locatie"
	aRoom        = "ruimte"
	anEntrance   = "ingang"
	aSign        = "bord"
	aWorkstation = "werkplek"
	aMask        = "masker"
	theStorage   = "opslag"
)

// oneOf refuses a word that isn't in a list.
func oneOf(what, word string, words []string) error {
	if slices.Contains(words, word) {
		return nil
	}
	return Invalid("Kies " + what + " uit de lijst: dit staat er niet in.")
}
