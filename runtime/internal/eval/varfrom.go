package eval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
)

// standardInput is the path that stands for standard input.
const standardInput = "-"

// maxVarFrom is the size in bytes above which a file, or standard input, is refused as the value of one variable.
const maxVarFrom = 1 << 20

// gatherFrom takes the values of variables that each lie in a file of its own, or come on standard input: so a secret stands neither in the
// list of processes nor in the environment.
func (s *Scope) gatherFrom(names []string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	taken := ""
	for _, pair := range s.in.VarsFrom {
		name, path, ok := strings.Cut(pair, "=")
		switch {
		case !ok || path == "":
			// What stands there may be a secret in a wrong place.
			diags = append(diags, failure("Invalid variable option", "A variable is read from a file with --var-from NAME=PATH, or with "+
				"--var-from NAME=- from standard input; one option has no \"=\", or no path behind it."))
		case s.vars[name] == nil:
			diags = append(diags, failure("Undeclared variable", fmt.Sprintf("--var-from sets %q, but the flow declares no variable of that name.%s "+
				"Declare it with a block: variable %q { }", name, flow.DidYouMean(name, names), name)))
		case path == standardInput && taken != "":
			diags = append(diags, failure("Standard input taken twice", fmt.Sprintf("Standard input can be the value of one variable only; it is "+
				"that of %q already, so %q needs another source.", taken, name)))
		default:
			if path == standardInput {
				taken = name
			}
			diags = append(diags, s.giveFrom(name, path)...)
		}
	}
	return diags
}

// giveFrom takes the value of one variable. One newline at its end, which editors and `echo` add, is not part of it.
func (s *Scope) giveFrom(name, path string) hcl.Diagnostics {
	v, source := s.vars[name], "the file of --var-from"
	var raw []byte
	var exposed bool
	var err error
	if path == standardInput {
		source = "standard input"
		raw, err = readInput(s.in.Stdin)
	} else {
		raw, exposed, err = readValue(path)
	}
	if err != nil {
		v.from = &given{value: unknownOf(v), source: source}
		return hcl.Diagnostics{failure("Value of a variable cannot be read", fmt.Sprintf("The variable %q gets its value from %s: %s.", name, source, err))}
	}
	var diags hcl.Diagnostics
	if exposed && v.decl.Sensitive {
		diags = append(diags, exposedFile(path))
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	return append(diags, s.giveText(name, text, source)...)
}

// exposedFile warns of a secret that others may read.
func exposedFile(path string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Secret file readable by others",
		Detail: fmt.Sprintf("Other users of this machine may read %q. Take that right from them: chmod 600 %s", path, path)}
}

// readInput reads standard input to its end.
func readInput(from io.Reader) ([]byte, error) {
	if from == nil {
		return nil, errors.New("there is none")
	}
	return bounded(from)
}

// readValue reads a file, and tells whether others may read it too.
func readValue(path string) (raw []byte, exposed bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, false, unreadableValue(path, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, false, unreadableValue(path, err)
	}
	if info.IsDir() {
		return nil, false, fmt.Errorf("%q is a folder", path)
	}
	if raw, err = bounded(file); err != nil {
		return nil, false, unreadableValue(path, err)
	}
	return raw, info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows", nil
}

// unreadableValue says why a file cannot be read, without the words of the system call.
func unreadableValue(path string, err error) error {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %q", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the file %q may not be read by this user", path)
	case errors.As(err, &pathErr):
		return fmt.Errorf("the file %q could not be read: %w", path, pathErr.Err)
	default:
		return fmt.Errorf("the file %q could not be read: %w", path, err)
	}
}

func bounded(from io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxVarFrom+1))
	if err == nil && len(raw) > maxVarFrom {
		return nil, fmt.Errorf("it is larger than %d MiB", maxVarFrom>>20)
	}
	return raw, err
}
