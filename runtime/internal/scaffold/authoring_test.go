package scaffold_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// guide is the page that leads to a plugin.
const guide = checkout + "/sdk/AUTHORING.md"

// block is a block of code in the guide.
type block struct {
	line           int
	language, text string
	file           string // the name that stands in a line of its own before it; empty: none
}

var fileLine = regexp.MustCompile("^`([a-z/._]+)`:$")

// blocksIn are the blocks of a page, in order.
func blocksIn(page string) []block {
	var found []block
	var open *block
	file := ""
	for n, line := range strings.Split(page, "\n") {
		fence, fenced := strings.CutPrefix(line, "```")
		switch name := fileLine.FindStringSubmatch(line); {
		case open != nil && line == "```":
			found, open = append(found, *open), nil
		case open != nil:
			open.text += line + "\n"
		case fenced:
			open, file = &block{line: n + 1, language: fence, file: file}, ""
		case name != nil:
			file = name[1]
		case line != "":
			file = ""
		}
	}
	return found
}

// checkGuide follows the guide from its top to its bottom: its files are written, its commands run, its other code compiled, in their
// order. What is neither is of the language "text".
func checkGuide(s stranger) {
	s.t.Helper()
	page, err := os.ReadFile(guide)
	if err != nil {
		s.t.Fatal(err)
	}
	dir, written, compiled, ran := ".", 0, 0, 0
	var out strings.Builder
	for _, b := range blocksIn(string(page)) {
		switch {
		case b.file != "":
			written++
			s.write(filepath.Join(dir, b.file), b.text, 0o600)
		case b.language == "sh":
			ran++
			s.t.Logf("line %d:\n%s", b.line, b.text)
			out.WriteString(s.run("cd " + dir + "\n" + b.text))
			dir = "acme" // where the first one leads
		case b.language == "go":
			compiled++
			s.write(filepath.Join(dir, fmt.Sprintf("guide%d.go", compiled)), snippet(b), 0o600)
		case b.language != "text":
			s.t.Errorf("line %d: nothing tests this block of %q", b.line, b.language)
		}
	}
	if written < 5 || compiled < 3 || ran < 5 {
		s.t.Errorf("%d files were written, %d blocks compiled and %d run", written, compiled, ran)
	}
	for _, want := range []string{"12 passed.", "1 acquired; 1 vendor call", "acme 0.1.0", "authrun-plugin-acme_0.1.0_", "Wrote the reference in README.md."} {
		if !strings.Contains(out.String(), want) {
			s.t.Errorf("nothing said %q:\n%s", want, out.String())
		}
	}
}

// snippet is a block as a file of the guide's package, which imports what the block names.
func snippet(b block) string {
	text := "package acme\n\n"
	for _, path := range []string{"context", "errors", "net/http", "strings", "time", "github.com/authrun/authrun/sdk"} {
		if strings.Contains(b.text, filepath.Base(path)+".") {
			text += fmt.Sprintf("import %q\n", path)
		}
	}
	return text + fmt.Sprintf("\n//line AUTHORING.md:%d\n", b.line+1) + b.text
}
