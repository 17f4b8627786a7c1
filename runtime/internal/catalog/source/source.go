package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// The most that is read of anything, in bytes.
const (
	maxExecutable = 256 << 20
	maxText       = 1 << 20 // of a list of hashes or versions
)

// Source is a place that plugins come from. Its methods may be called from many goroutines. Errors are *Error.
type Source interface {
	// Versions are those that are published, in no order.
	Versions(ctx context.Context, vendor string) ([]string, error)
	// Release gives the hashes of a version's executables.
	Release(ctx context.Context, vendor, version string) (Release, error)
	// Fetch writes the executable of a platform, at most 256 MiB. The caller must hold what it got against the release's hash.
	Fetch(ctx context.Context, r Release, platform string, to io.Writer) error
}

// Options say how sources are reached.
type Options struct {
	// Env looks up the proxy variables and, for registries, where the user's logins are; nil: none is set.
	Env func(name string) (value string, set bool)
	// Environ is the whole environment, for a credential helper that the configuration of docker names; nil: no helper is run.
	Environ []string
	// Transport makes the requests; nil: one that goes through the proxies of Env.
	Transport http.RoundTripper
	// Patience is how long a server may be silent; 0: 30 s.
	Patience time.Duration
}

// Open gives the source at an address. Nothing is read before it is asked for.
func (a Address) Open(o Options) (Source, error) {
	switch a.kind {
	case folder:
		return &tree{at: a, files: folderFiles{a.dir}}, nil
	case mirror:
		return &tree{at: a, files: &serverFiles{base: a.url, client: &http.Client{Transport: o.transport(false)}}}, nil
	}
	s, err := newRegistry(a, o)
	if err != nil {
		return nil, &Error{Source: a.text, Err: err}
	}
	return s, nil
}

// Error says what is wrong with a source, or with what it gives.
type Error struct {
	Source  string // its address
	Vendor  string // that was asked for; empty: none
	Version string // likewise
	Err     error
}

// Error names the source, and what was asked for.
func (e *Error) Error() string {
	what := ""
	if e.Vendor != "" {
		what = strings.TrimSpace("plugin "+e.Vendor+" "+e.Version) + " from "
	}
	return what + e.Source + ": " + e.Err.Error()
}

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Err }

// ErrNotPublished says that a source does not have what was asked for.
var ErrNotPublished = errors.New("it is not published there")

// bounded reads all of r, which must not be more than most bytes.
func bounded(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it is larger than %d KiB", most>>10)
	}
	return data, err
}

// copyBounded copies all of r, which must not be more than most bytes.
func copyBounded(to io.Writer, r io.Reader, most int64) error {
	n, err := io.Copy(to, io.LimitReader(r, most+1))
	if err == nil && n > most {
		err = fmt.Errorf("it is larger than %d MiB", most>>20)
	}
	return err
}
