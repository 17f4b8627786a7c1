package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// stdinName is what messages call the standard input.
const stdinName = "<stdin>"

// newFmt is the verb `fmt [PATH...]`.
func newFmt(p *program) *cobra.Command {
	var a format
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "lay out flow files in the one way",
		Long: "Writes flow files and files of variables anew in the one layout, and prints the names of those that changed. A PATH is a file, a\n" +
			"folder, whose *.hcl and *.hclvars files are meant, or - for the standard input, which goes to the standard output. JSON is left alone,\n" +
			"and so is a file with an error in it.",
		Example: "  authrun fmt\n  authrun fmt --check --diff flows/",
		RunE:    func(_ *cobra.Command, args []string) error { return a.run(p, args) },
	}
	cmd.Flags().BoolVar(&a.check, "check", false, "write nothing; exit with 1 where a file is not laid out, and name it")
	cmd.Flags().BoolVar(&a.diff, "diff", false, "write nothing; show what would change")
	return cmd
}

type format struct {
	check bool
	diff  bool
}

func (a *format) run(p *program, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	v, done := p.showText(false)
	defer done()
	changed, failed := false, false
	for _, arg := range args {
		files, ds := formatted(arg)
		v.Diagnostics(ds)
		failed = failed || ds.HasErrors()
		for _, file := range files {
			other, err := a.one(p, v, file)
			if err != nil {
				v.Diagnostics(diagnose("Cannot format "+file, err))
			}
			changed, failed = changed || other, failed || err != nil
		}
	}
	if failed || a.check && changed {
		return errTold
	}
	return nil
}

// one formats a file, and tells whether that changes it. The error may be diagnostics.
func (a *format) one(p *program, v view.View, file string) (changed bool, err error) {
	src, err := readFile(p.env.Stdin, file)
	if err != nil {
		return false, err
	}
	name := file
	if file == "-" {
		name = stdinName
	}
	out, ds := runtime.Format(src, name)
	if ds.HasErrors() {
		return false, ds
	}
	v.Diagnostics(ds)
	changed = !bytes.Equal(src, out)
	switch {
	case a.diff:
		p.print(a.difference(p, name, src, out))
	case file == "-" && !a.check:
		p.print(string(out))
		return changed, nil
	case changed && !a.check:
		if err := replace(file, out); err != nil {
			return changed, err
		}
	}
	if changed && !p.common.quiet && (!a.diff || a.check) {
		p.print(name + "\n")
	}
	return changed, nil
}

// formatted lists the files that a path stands for.
func formatted(path string) ([]string, runtime.Diagnostics) {
	fail := func(summary, detail string) ([]string, runtime.Diagnostics) {
		return nil, runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: summary, Detail: detail}}
	}
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fail("Cannot format "+path, sentence(err.Error()))
	case !info.IsDir() && isJSON(path):
		return nil, nil
	case !info.IsDir() && !isFormatted(path):
		return fail("Not a flow file", fmt.Sprintf("%q is no flow and no file of variables: fmt lays out *.hcl and *.hclvars.", path))
	case !info.IsDir() && !info.Mode().IsRegular():
		return fail("Not a file", fmt.Sprintf("%q is no regular file, so it cannot be replaced. Use \"authrun fmt -\" for what comes from a pipe.", path))
	case !info.IsDir():
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fail("Cannot format "+path, sentence(err.Error()))
	}
	var files []string
	found := false
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") {
			continue
		}
		found = found || isJSON(name)
		if isFormatted(name) {
			files = append(files, filepath.Join(path, name))
		}
	}
	if len(files) == 0 && !found {
		return fail("No flow files", fmt.Sprintf("The folder %q holds no *.hcl and no *.hclvars file.", path))
	}
	return files, nil
}

func isFormatted(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hclvars")
}

func isJSON(name string) bool {
	return strings.HasSuffix(name, ".hcl.json") || strings.HasSuffix(name, ".hclvars.json")
}

// readFile reads a file, or the standard input where it is "-".
func readFile(stdin io.Reader, file string) ([]byte, error) {
	if file != "-" {
		return os.ReadFile(file)
	}
	if stdin == nil {
		return nil, errors.New("there is no standard input")
	}
	return io.ReadAll(stdin)
}

// difference is what changes, as a unified diff.
func (a *format) difference(p *program, name string, before, after []byte) string {
	text := string(diff.Diff(name, before, name, after))
	if !p.stdout.IsTerminal() {
		return text
	}
	style := p.stdout.Style(p.color())
	var out strings.Builder
	for line := range strings.Lines(terminal.Visible(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++") || strings.HasPrefix(line, "diff "):
			line = style.Bold(line)
		case strings.HasPrefix(line, "-"):
			line = style.Red(line)
		case strings.HasPrefix(line, "+"):
			line = style.Green(line)
		case strings.HasPrefix(line, "@@"):
			line = style.Dim(line)
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}
