package view

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
)

// mostProblems is how many problems with one advice are shown; JSON has all.
const mostProblems = 8

// Examination writes what came of a plugin's examination: what it is, a line for each check, and below those that failed what is wrong and what to
// do. scripted tells whether there was a script.
func (t Telling) Examination(path string, r conformance.Report, scripted bool) string {
	var text strings.Builder
	text.WriteString(t.Style.Bold(visible(path)) + described(r.Description) + "\n\n")
	count := map[conformance.Status]int{}
	skipped := map[string][]string{} // names of checks, by why
	var reasons []string
	for _, result := range r.Results {
		count[result.Status]++
		if result.Status != conformance.Skipped {
			text.WriteString(t.examined(result))
			continue
		}
		why := strings.Join(result.Skipped, "; ")
		if skipped[why] == nil {
			reasons = append(reasons, why)
		}
		skipped[why] = append(skipped[why], result.Check)
	}
	for _, why := range reasons {
		text.WriteString(t.hanging("", "skipped ", t.Style.Dim, strings.Join(skipped[why], ", ")+": "+why))
	}
	text.WriteString("\n" + t.Style.Bold(verdict(count)) + "\n")
	if !scripted && r.Description.Vendor != "" {
		hint := "Without a script only that was checked which needs no answer of the vendor. docs/script.md tells how to write one for --script, and " +
			"\"authrun apply --trace FILE\" records one."
		text.WriteString(strings.Join(terminal.Wrap(hint, t.Columns), "\n") + "\n")
	}
	return text.String()
}

// described is what a plugin says of itself, behind its path.
func described(d sdk.Description) string {
	if d.Vendor == "" {
		return ""
	}
	abilities := make([]string, len(d.Abilities))
	for i, a := range d.Abilities {
		abilities[i] = string(a.Operation)
	}
	return fmt.Sprintf(": vendor %s, version %s, can %s", d.Vendor, visible(d.Version), strings.Join(abilities, ", "))
}

// examined is the lines on one check.
func (t Telling) examined(r conformance.Result) string {
	var text strings.Builder
	name := visible(r.Check)
	switch r.Status {
	case conformance.Passed:
		text.WriteString(t.Style.Green("passed ") + " " + name + "\n")
	case conformance.Failed:
		text.WriteString(t.Style.Red("FAILED ") + " " + name + "\n")
	}
	for _, group := range byAdvice(r.Findings) {
		for i, problem := range group.problems {
			if i == mostProblems {
				text.WriteString(t.item("- ", plain, fmt.Sprintf("... and %d more like these; --json shows all", len(group.problems)-i)))
				break
			}
			text.WriteString(t.item("- ", plain, problem))
		}
		text.WriteString(t.item("Do: ", t.Style.Yellow, group.advice) + "\n")
	}
	for _, why := range r.Skipped {
		text.WriteString(t.item("left out: ", t.Style.Dim, why))
	}
	return text.String()
}

// margin stands before what is said of a check.
const margin = "        "

// plain is a style that changes nothing.
func plain(text string) string { return text }

// item is a paragraph below a check, behind a mark in some style.
func (t Telling) item(mark string, style func(string) string, paragraph string) string {
	return t.hanging(margin, mark, style, paragraph)
}

// hanging is a paragraph behind a margin and a mark, broken to the screen, whose other lines stand below its first.
func (t Telling) hanging(margin, mark string, style func(string) string, paragraph string) string {
	columns := 0
	if t.Columns > 0 {
		columns = max(t.Columns-len(margin)-len(mark), 20)
	}
	var text strings.Builder
	before := margin + style(mark)
	for _, line := range terminal.Wrap(terminal.Visible(paragraph), columns) {
		text.WriteString(strings.TrimRight(before+line, " ") + "\n")
		before = margin + strings.Repeat(" ", len(mark))
	}
	return text.String()
}

// group is the problems that one advice is about.
type group struct {
	advice   string
	problems []string
}

// byAdvice gathers findings by what to do about them, in the order of the first of each.
func byAdvice(findings []conformance.Finding) (groups []*group) {
	known := map[string]*group{}
	for _, f := range findings {
		g := known[f.Advice]
		if g == nil {
			g = &group{advice: f.Advice}
			known[f.Advice] = g
			groups = append(groups, g)
		}
		g.problems = append(g.problems, f.Problem)
	}
	return groups
}

// verdict is the last line.
func verdict(count map[conformance.Status]int) string {
	var parts []string
	for _, part := range []struct {
		status conformance.Status
		word   string
	}{{conformance.Failed, "failed"}, {conformance.Passed, "passed"}, {conformance.Skipped, "skipped"}} {
		if n := count[part.status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.word))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// ExaminationLines are the lines by which a program is told of a plugin's examination: what it is, each check, and their numbers.
func ExaminationLines(r conformance.Report) []any {
	var lines []any
	if r.Description.Vendor != "" {
		lines = append(lines, pluginLine{"plugin", r.Description.Vendor, r.Description.Version, r.Description.SDK})
	}
	count := map[conformance.Status]int{}
	for _, result := range r.Results {
		count[result.Status]++
		lines = append(lines, checkLine{"check", result})
	}
	return append(lines, checksLine{"summary", count[conformance.Passed], count[conformance.Failed], count[conformance.Skipped]})
}

type pluginLine struct {
	Type    string `json:"type"`
	Vendor  string `json:"vendor"`
	Version string `json:"version"`
	SDK     string `json:"sdk,omitempty"`
}

type checkLine struct {
	Type string `json:"type"`
	conformance.Result
}

type checksLine struct {
	Type    string `json:"type"`
	Passed  int    `json:"passed"`
	Failed  int    `json:"failed"`
	Skipped int    `json:"skipped"`
}
