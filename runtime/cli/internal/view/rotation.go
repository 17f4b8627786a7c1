package view

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime"
)

// Rotation says what became of the keys of a store.
func Rotation(r runtime.Rotation) string {
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	store := "the store " + visible(r.Store)
	switch {
	case r.Resealed > 0 || r.Previous != "":
		say("Re-sealed %s of %s with the key %s.", credentials(r.Resealed), store, r.Key)
	case len(r.Forgotten) == 0:
		say("All of %s is sealed with the key %s.", store, r.Key)
	}
	switch {
	case r.Made:
		say("That key is new: it stands before the others in the key file %s. Keep a copy of that file in another place.", visible(r.KeyFile))
	case r.Previous != "" && r.KeyFile != "":
		say("That key was in the key file %s already, where another store's rotation, or one that was broken off, put it. To get one that is new, "+
			"run it again.", visible(r.KeyFile))
	}
	if r.Closed > 0 {
		say("No key at hand opens %s: they stay as they are, and are got anew when they are needed.", credentials(r.Closed))
	}
	if n := len(r.Forgotten); n > 0 {
		say("Took %s off the key file %s: %s.", keys(n), visible(r.KeyFile), strings.Join(r.Forgotten, ", "))
	}
	switch older := strings.Join(r.Older, ", "); {
	case older == "" && len(r.Forgotten) == 0:
		say("There are no older keys.")
	case older == "":
	case r.KeyFile != "":
		say("The older %s in the key file, for other stores and for copies of this one, until `authrun key forget`: %s.", stay(len(r.Older)), older)
	default:
		say("Nothing in this store needs the older %s any more: %s. Take them out of what %s gives when no other store and no copy does.",
			plural(len(r.Older), "key", "keys"), older, visible(r.Source))
	}
	return text.String()
}

func credentials(n int) string {
	return fmt.Sprintf("%d %s", n, plural(n, "credential", "credentials"))
}

func keys(n int) string { return fmt.Sprintf("%d older %s", n, plural(n, "key", "keys")) }

func stay(n int) string { return plural(n, "key stays", "keys stay") }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// RotationObject is what became of the keys of a store, as JSON.
type RotationObject struct {
	Store     string   `json:"store"`
	KeySource string   `json:"key_source"`
	KeyFile   string   `json:"key_file,omitempty"`
	Key       string   `json:"key"` // its name
	Previous  string   `json:"previous,omitempty"`
	Made      bool     `json:"made"`
	Resealed  int      `json:"resealed"`
	Closed    int      `json:"closed,omitempty"`
	Older     []string `json:"older,omitempty"`
	Forgotten []string `json:"forgotten,omitempty"`
}

// RotationJSON is what became of the keys of a store, for programs.
func RotationJSON(r runtime.Rotation) RotationObject {
	return RotationObject{Store: r.Store, KeySource: r.Source, KeyFile: r.KeyFile, Key: r.Key, Previous: r.Previous, Made: r.Made,
		Resealed: r.Resealed, Closed: r.Closed, Older: r.Older, Forgotten: r.Forgotten}
}
