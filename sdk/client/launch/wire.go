package launch

import (
	"errors"
	"strconv"
)

// The words that begin the lines of a launcher's report.
const (
	wordHeld    = "held"    // LAYER [ABI]
	wordMissing = "missing" // LAYER WHY
	wordFailed  = "failed"  // ERRNO WHAT: the plugin was not started
)

// StartPlugin is what failed where the kernel does not execute the plugin's own file.
const StartPlugin = "start the plugin"

// Failed is why a launcher did not start a plugin.
type Failed struct {
	What  string // it did, in words: "lay the rules for its files"
	Errno int    // the kernel's number; 0: it was not the kernel
}

// Error says what failed, without the kernel's reason.
func (f *Failed) Error() string { return f.What }

// lines are the report as the launcher sends it.
func (r Report) lines() string {
	text := ""
	for _, l := range r.Held {
		text += wordHeld + " " + string(l)
		if l == Landlock {
			text += " " + strconv.Itoa(r.LandlockABI)
		}
		text += "\n"
	}
	for _, g := range r.Missing {
		text += wordMissing + " " + string(g.Layer) + " " + g.Why + "\n"
	}
	return text
}

// line is the failure as the launcher sends it.
func (f *Failed) line() string { return wordFailed + " " + strconv.Itoa(f.Errno) + " " + f.What + "\n" }

// ParseReport reads what a launcher sent until it became the plugin or ended. The error is a *[Failed] where the launcher says why it did
// not start the plugin; a report that is cut short is an error too.
func ParseReport(text string) (Report, error) {
	var r Report
	for text != "" {
		var line string
		line, text, _ = cut(text, '\n')
		word, rest, _ := cut(line, ' ')
		name, more, _ := cut(rest, ' ')
		switch word {
		case wordHeld:
			r.Held = append(r.Held, Layer(name))
			if Layer(name) == Landlock {
				r.LandlockABI, _ = strconv.Atoi(more)
			}
		case wordMissing:
			r.Missing = append(r.Missing, Gap{Layer(name), more})
		case wordFailed:
			errno, _ := strconv.Atoi(name)
			return r, &Failed{What: more, Errno: errno}
		}
	}
	if len(r.Held)+len(r.Missing) != len(Layers()) {
		return r, errors.New("ended before it was done")
	}
	return r, nil
}
