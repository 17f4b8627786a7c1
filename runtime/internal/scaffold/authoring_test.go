package scaffold_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guide is the page that leads to a plugin.
const guide = checkout + "/sdk/AUTHORING.md"

// block is a block of code in the guide.
type block struct {
	line     int
	language string
	use      string // "run", "compile", or "file: PATH", by the comment before it
	text     string
}

var useComment = regexp.MustCompile(`^<!-- (run|compile|file: \S+) -->$`)

// blocksIn are the blocks of a page, in order.
func blocksIn(page string) []block {
	var found []block
	var open *block
	use := ""
	for n, line := range strings.Split(page, "\n") {
		fence, fenced := strings.CutPrefix(line, "```")
		switch comment := useComment.FindStringSubmatch(line); {
		case open != nil && line == "```":
			found, open = append(found, *open), nil
		case open != nil:
			open.text += line + "\n"
		case fenced:
			open, use = &block{line: n + 1, language: fence, use: use}, ""
		case comment != nil:
			use = comment[1]
		}
	}
	return found
}

// TestGuide follows the guide from its top to its bottom: its files are written, its commands run, its other code compiled, in their order.
func TestGuide(t *testing.T) {
	page, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	s := newStranger(t)
	dir, compiled, ran := ".", 0, 0
	var out strings.Builder
	for _, b := range blocksIn(string(page)) {
		path, isFile := strings.CutPrefix(b.use, "file: ")
		switch {
		case isFile:
			s.write(filepath.Join(dir, path), b.text, 0o600)
		case b.use == "run" && b.language == "sh":
			t.Logf("line %d:\n%s", b.line, b.text)
			out.WriteString(s.run("cd " + dir + "\n" + b.text))
			dir = "acme" // where the first one leads
			ran++
		case b.use == "compile" && b.language == "go":
			compiled++
			s.write(filepath.Join(dir, fmt.Sprintf("guide%d.go", compiled)), snippet(b), 0o600)
		case b.language != "text":
			t.Errorf("line %d: nothing tests this block of %q", b.line, b.language)
		}
	}
	if compiled == 0 || ran < 5 {
		t.Errorf("%d blocks were compiled and %d run", compiled, ran)
	}
	for _, want := range []string{"12 passed.", "1 acquired; 1 vendor call", "acme 0.1.0", "authrun-plugin-acme_0.1.0_", "Wrote the reference in README.md."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing said %q:\n%s", want, out.String())
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
