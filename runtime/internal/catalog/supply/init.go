package supply

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
)

// Mode says what [Supply.Init] may change.
type Mode struct {
	Upgrade bool // take the newest versions that fit, not those that are locked
	Locked  bool // change nothing that is locked: fail where the flow asks for it
	Partial bool // other flows may use the lock file: keep what they lock
}

// Drift says that a flow and its lock file do not fit where they must.
type Drift struct{ Reasons []string } // a sentence each, in the order of the vendors

// Error is the first reason.
func (e *Drift) Error() string { return e.Reasons[0] }

// Init gets all plugins that are wanted, and gives what the lock file is to be, with what was locked before and stays. Wants are in the order of their
// vendors, each once. The errors are joined: a *Problem for each plugin that could not be had, or a *Drift. Nothing is locked by it.
func (s *Supply) Init(ctx context.Context, wants []Want, locked []lock.Plugin, m Mode) ([]Taken, []lock.Plugin, error) {
	if drift := drifted(wants, locked, m); m.Locked && drift != nil {
		return nil, nil, drift
	}
	var taken []Taken
	var next []lock.Plugin
	var errs []error
	for _, w := range wants {
		before, _ := lock.Find(locked, w.Vendor)
		t, p, err := s.one(ctx, w, before, m)
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		if err != nil {
			errs = append(errs, &Problem{Vendor: w.Vendor, Err: err})
			continue
		}
		t.Source, t.Before = w.Source, before.Version
		taken, next = append(taken, t), append(next, p)
	}
	if m.Partial {
		for _, p := range locked {
			if !wanted(wants, p.Vendor) {
				next = append(next, p)
			}
		}
	}
	return taken, next, errors.Join(errs...)
}

// one gets one plugin, and gives what is to be locked of it.
func (s *Supply) one(ctx context.Context, w Want, before lock.Plugin, m Mode) (Taken, lock.Plugin, error) {
	fail := func(err error) (Taken, lock.Plugin, error) { return Taken{}, lock.Plugin{}, err }
	from, err := s.open(w.Source)
	if err != nil {
		return fail(err)
	}
	r, err := s.release(ctx, from, w, before, m)
	if err != nil {
		return fail(err)
	}
	fetched, err := s.place(ctx, from, r)
	if err != nil {
		return fail(named(s.againstLock(err, before), s.from(w.Source), r))
	}
	t, err := s.ask(ctx, w.Vendor, r.Version, r.Sums[s.o.Platform], fetched)
	if err != nil {
		return fail(err)
	}
	t.Version = r.Version
	return t, lock.Plugin{Vendor: w.Vendor, Source: w.Source, Version: r.Version, Constraints: w.Version.String(), Hashes: hashes(r)}, nil
}

// againstLock says of a wrong hash that it is the lock file which wants another one, where it does, and what to do.
func (s *Supply) againstLock(err error, before lock.Plugin) error {
	var wrong *catalog.WrongHash
	if !errors.As(err, &wrong) || before.Hashes[s.o.Platform] != source.Sum(wrong.Wants).String() {
		return err
	}
	return fmt.Errorf("%w. The lock file wants the second one. If nobody changed the lock file, the version was published again or changed on its way: ask its author", err)
}

// named makes an error say what was got from where, if it does not.
func named(err error, from string, r source.Release) error {
	var told *source.Error
	if !errors.As(err, &told) {
		return &source.Error{Source: from, Vendor: r.Vendor, Version: r.Version, Err: err}
	}
	if told.Source == "" {
		told.Source = from
	}
	return err
}

// release finds out which release is to be taken: what is locked where that may stay, else what the source has.
func (s *Supply) release(ctx context.Context, from source.Source, w Want, before lock.Plugin, m Mode) (source.Release, error) {
	if !m.Upgrade && misfit(w, before) == "" {
		r, err := release(before)
		if _, here := r.Sums[s.o.Platform]; err != nil || here || m.Locked {
			return r, err
		}
		return s.extend(ctx, from, r)
	}
	chosen, err := s.choose(ctx, from, w)
	if err != nil {
		return source.Release{}, err
	}
	r, err := from.Release(ctx, w.Vendor, chosen)
	if err == nil && before.Source == w.Source && before.Version == chosen {
		err = unchanged(before, r)
	}
	return r, err
}

// extend adds to what is locked the platforms that were published later.
func (s *Supply) extend(ctx context.Context, from source.Source, locked source.Release) (source.Release, error) {
	now, err := from.Release(ctx, locked.Vendor, locked.Version)
	if err != nil {
		return now, err
	}
	for platform, sum := range locked.Sums {
		if got, ok := now.Sums[platform]; ok && got != sum {
			return now, republished(locked.Vendor, locked.Version, platform, got, sum)
		}
	}
	maps.Copy(now.Sums, locked.Sums)
	return now, nil
}

// unchanged refuses a version that was published again with other content than was locked.
func unchanged(before lock.Plugin, now source.Release) error {
	for platform, text := range before.Hashes {
		if got, ok := now.Sums[platform]; ok && got.String() != text {
			sum, err := source.ParseSum(text)
			if err != nil {
				return err
			}
			return republished(now.Vendor, now.Version, platform, got, sum)
		}
	}
	return nil
}

func republished(vendor, version, platform string, got, locked source.Sum) error {
	return fmt.Errorf("%s %s was published again with other content: its hash for %s is now %s, and %s is locked. A version must not change: ask its "+
		"author why it did; if the new content is to be trusted, remove the plugin's block from the lock file and run \"authrun init\"",
		vendor, version, platform, got, locked)
}

// misfit says why what is locked is not what the flow wants; empty: it is.
func misfit(w Want, p lock.Plugin) string {
	v, ok := source.ParseVersion(p.Version)
	switch {
	case p.Vendor == "":
		return fmt.Sprintf("The plugin %s is required and not locked.", w.Vendor)
	case p.Source != w.Source:
		return fmt.Sprintf("The plugin %s is required from %s and locked from %s.", w.Vendor, w.Source, p.Source)
	case !ok:
		return fmt.Sprintf("The version %q of the plugin %s in the lock file is none such as 1.2.0.", p.Version, w.Vendor)
	case len(w.Version) > 0 && !w.Version.Check(v):
		return fmt.Sprintf("The plugin %s is required in a version that fits %q and locked in version %s.", w.Vendor, w.Version, p.Version)
	}
	return ""
}

// Misfit says in a sentence why what is locked of a plugin is not what is wanted; empty: it is. P without a vendor is nothing.
func Misfit(w Want, p lock.Plugin) string { return misfit(w, p) }

// drifted says where the lock file does not fit the flow.
func drifted(wants []Want, locked []lock.Plugin, m Mode) error {
	d := &Drift{}
	for _, w := range wants {
		p, _ := lock.Find(locked, w.Vendor)
		if why := misfit(w, p); why != "" {
			d.Reasons = append(d.Reasons, why)
		} else if p.Constraints != w.Version.String() {
			d.Reasons = append(d.Reasons, fmt.Sprintf("The plugin %s is required as %q and locked for %q.", w.Vendor, w.Version, p.Constraints))
		}
	}
	for _, p := range locked {
		if !m.Partial && !wanted(wants, p.Vendor) {
			d.Reasons = append(d.Reasons, fmt.Sprintf("The plugin %s is locked and not required from a source any more.", p.Vendor))
		}
	}
	if len(d.Reasons) == 0 {
		return nil
	}
	return d
}

func wanted(wants []Want, vendor string) bool {
	for _, w := range wants {
		if w.Vendor == vendor {
			return true
		}
	}
	return false
}
