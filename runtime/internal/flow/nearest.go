package flow

import "github.com/agext/levenshtein"

// Nearest is the name among names that a person most likely meant by given, or "" where none is near. Where several are equally near, the
// first wins.
func Nearest(given string, names []string) string {
	limit := 2
	if len(given) <= 3 {
		limit = 1
	}
	nearest, least := "", limit+1
	for _, name := range names {
		if diff := len(name) - len(given); diff > limit || -diff > limit {
			continue
		}
		if d := levenshtein.Distance(given, name, nil); d < least {
			nearest, least = name, d
		}
	}
	return nearest
}

// DidYouMean is the sentence that offers the nearest name, with a space before it, or nothing where none is near.
func DidYouMean(given string, names []string) string {
	if nearest := Nearest(given, names); nearest != "" {
		return " Did you mean \"" + nearest + "\"?"
	}
	return ""
}
