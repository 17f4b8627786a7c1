package supply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	version "github.com/hashicorp/go-version"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
	"github.com/authrun/authrun/sdk"
)

// Want is a plugin that is required: one with a source.
type Want struct {
	Vendor  string
	Source  string              // address, as the flow has it
	Version version.Constraints // nil: any
}

// Options are the settings of a [Supply].
type Options struct {
	Catalog  *catalog.Catalog
	Sources  source.Options
	Dir      string            // folder of the flow, absolute: relative sources start there
	Mirror   string            // address of a folder or server that is asked in place of every source; empty: none
	Platform string            // of this machine, as in the lock file
	Lock     string            // path of the lock file
	Tell     func(text string) // what is being done; nil: nobody wants to know
	// AllowInterpreter is that the user consents to installing a script, which an interpreter runs.
	AllowInterpreter bool
}

// Supply gets plugins. Make one by [New].
type Supply struct{ o Options }

// New makes a Supply.
func New(o Options) *Supply {
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	return &Supply{o}
}

// Taken is a plugin that is in its place.
type Taken struct {
	Vendor      string
	Source      string
	Version     string
	Before      string // version that was locked before; empty: none
	Path        string
	Sum         source.Sum // of the executable
	Fetched     bool       // it was not in the depot before
	Description sdk.Description
	Interpreter []string // of a script, and its arguments; nil: it is a program
	Reads       []string // of a script: what it may read beside itself and its interpreter
}

// Problem says why a plugin could not be had.
type Problem struct {
	Vendor string
	Err    error
}

// Error is the reason, which names the plugin where that matters.
func (e *Problem) Error() string { return e.Err.Error() }

// Unwrap gives the reason.
func (e *Problem) Unwrap() error { return e.Err }

// open opens the source of a plugin, or the mirror in its place.
func (s *Supply) open(text string) (source.Source, error) {
	from := text
	if s.o.Mirror != "" {
		from = s.o.Mirror
	}
	at, err := source.ParseAddress(from, s.o.Dir)
	if err != nil {
		return nil, &source.Error{Source: at.String(), Err: err}
	}
	if s.o.Mirror != "" && strings.HasPrefix(from, "oci:") {
		return nil, &source.Error{Source: from, Err: errors.New("a mirror is a folder or an https:// server: a repository has one plugin")}
	}
	return at.Open(s.o.Sources)
}

// choose finds the newest version that is wanted.
func (s *Supply) choose(ctx context.Context, from source.Source, w Want) (string, error) {
	names, err := from.Versions(ctx, w.Vendor)
	if err != nil {
		return "", err
	}
	var all, fitting []*version.Version
	for _, name := range names {
		v, ok := source.ParseVersion(name)
		if !ok {
			continue
		}
		all = append(all, v)
		if fits(v, w.Version) {
			fitting = append(fitting, v)
		}
	}
	if len(fitting) > 0 {
		return slices.MaxFunc(fitting, (*version.Version).Compare).String(), nil
	}
	return "", &source.Error{Source: s.from(w.Source), Vendor: w.Vendor, Err: noneFits(all, w.Version)}
}

// from is the address that is asked, for messages.
func (s *Supply) from(text string) string {
	if s.o.Mirror != "" {
		return s.o.Mirror
	}
	return text
}

// fits tells whether a version is allowed. A pre-release is taken only where a constraint names one.
func fits(v *version.Version, c version.Constraints) bool {
	if len(c) == 0 {
		return v.Prerelease() == ""
	}
	return c.Check(v)
}

// shown is how many versions a message lists.
const shown = 8

// noneFits says that no version is wanted, and which there are.
func noneFits(all []*version.Version, c version.Constraints) error {
	if len(all) == 0 {
		return errors.New("no version of it is published there")
	}
	slices.SortFunc(all, func(a, b *version.Version) int { return b.Compare(a) })
	var names []string
	for _, v := range all[:min(shown, len(all))] {
		names = append(names, v.String())
	}
	list := strings.Join(names, ", ")
	if more := len(all) - shown; more > 0 {
		list += fmt.Sprintf(" and %d older ones", more)
	}
	if len(c) == 0 {
		return fmt.Errorf("there are only pre-releases, which are taken only where they are named: %s", list)
	}
	return fmt.Errorf("no version fits %q; there are %s", c, list)
}

// place puts the executable of a release into the depot, if it is not there, and tells whether it was put there now.
func (s *Supply) place(ctx context.Context, from source.Source, r source.Release) (fetched bool, err error) {
	sum, ok := r.Sums[s.o.Platform]
	if !ok {
		return false, &source.Error{Source: s.from(""), Vendor: r.Vendor, Version: r.Version,
			Err: fmt.Errorf("it is not published for %s, only for %s", s.o.Platform, strings.Join(r.Platforms(), ", "))}
	}
	if s.o.Catalog.Holds(r.Vendor, sum) {
		return false, nil
	}
	s.o.Tell(fmt.Sprintf("Getting %s %s for %s.", r.Vendor, r.Version, s.o.Platform))
	_, err = s.o.Catalog.Keep(ctx, r.Vendor, sum, func(to io.Writer) error { return from.Fetch(ctx, r, s.o.Platform, to) })
	return err == nil, err
}

// ask has a plugin of the depot say what it is, and refuses one that is not what it was published as. One that was put there for this is taken out.
func (s *Supply) ask(ctx context.Context, vendor, release string, sum source.Sum, fetched bool) (t Taken, err error) {
	pins := map[string]catalog.Pin{vendor: {SHA256: sum, Version: release, Lock: s.o.Lock}}
	defer func() {
		if err != nil && fetched {
			err = errors.Join(err, s.o.Catalog.Drop(vendor, sum))
		}
	}()
	set := s.o.Catalog.Pinned(pins)
	is, err := set.Describe(ctx, vendor)
	if err != nil {
		return t, err
	}
	if release != "" && !same(is.Version, release) {
		return t, fmt.Errorf("the plugin %s that is published as version %s says of itself that it is version %q", vendor, release, is.Version)
	}
	found, err := set.Find(vendor)
	return Taken{Vendor: vendor, Version: is.Version, Path: found.Path, Sum: sum, Fetched: fetched, Description: is}, err
}

// same tells whether a plugin is of the version that it was published as; what follows "+" tells builds apart, not versions.
func same(says, release string) bool {
	says, _, _ = strings.Cut(says, "+")
	v, err := version.NewSemver(says)
	return err == nil && v.String() == release
}

// hashes is a release's hashes as they are locked.
func hashes(r source.Release) map[string]string {
	texts := make(map[string]string, len(r.Sums))
	for platform, sum := range r.Sums {
		texts[platform] = sum.String()
	}
	return texts
}

// release is what is locked as a release.
func release(p lock.Plugin) (source.Release, error) {
	r := source.Release{Vendor: p.Vendor, Version: p.Version, Sums: make(map[string]source.Sum, len(p.Hashes))}
	if _, ok := source.ParseVersion(p.Version); !ok {
		return r, fmt.Errorf("the lock file has %q as the version of %s, which is none such as 1.2.0", p.Version, p.Vendor)
	}
	for platform, text := range p.Hashes {
		sum, err := source.ParseSum(text)
		if err != nil {
			return r, fmt.Errorf("the lock file has no good hash of %s for %s: %w", p.Vendor, platform, err)
		}
		r.Sums[platform] = sum
	}
	return r, nil
}
