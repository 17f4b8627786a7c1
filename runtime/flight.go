package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/store"
)

// flight is one run of a [TokenSource] that several callers wait for.
type flight struct {
	done    chan struct{}
	refused string // the token that it replaces; empty: none

	// Known when done is closed.
	err   error
	until time.Time // of a failure: it is told again, and not tried, before
}

const (
	// defaultRefusals is how many refused tokens are replaced within an hour where the options say nothing.
	defaultRefusals = 12
	// failureRest is how long a failure is told again without asking the store: a program that has no token asks for each of its requests.
	failureRest = time.Second
)

// wait waits for a flight, or until ctx ends; the flight goes on.
func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fly gives the flight under way, or starts one. refused is a token that a caller saw refused; empty: none was.
func (s *TokenSource) fly(refused string) (*flight, error) {
	rt := s.flow.rt
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != nil {
		return s.flight, nil
	}
	if rt.closed.Load() {
		return nil, ErrClosed
	}
	now := rt.now()
	if s.failed != nil && now.Before(s.failed.until) {
		return s.failed, nil
	}
	if refused != "" {
		if err := s.replaceable(now); err != nil {
			return nil, err
		}
	}
	f := &flight{done: make(chan struct{}), refused: refused}
	if !rt.work(func() { s.run(f) }) {
		return nil, ErrClosed
	}
	s.flight = f
	return f, nil
}

// replaceable tells why a refused token is not replaced now; nil: it may be.
func (s *TokenSource) replaceable(now time.Time) error {
	for len(s.refused) > 0 && now.Sub(s.refused[0]) >= time.Hour {
		s.refused = s.refused[1:]
	}
	most := s.flow.rt.opts.RefusalsPerHour
	if most == 0 {
		most = defaultRefusals
	}
	if len(s.refused) < most {
		return nil
	}
	until := s.refused[len(s.refused)-most].Add(time.Hour)
	return &Error{Address: s.address, Class: ClassRefused, Until: until, Diagnostics: Diagnostics{{Severity: SeverityError, Summary: "Tokens refused too often",
		Address: s.address, Detail: fmt.Sprintf("%d tokens of %s were reported as refused within an hour. The next one is not replaced before %s: "+
			"something other than their age is wrong, and a new one each time uses up what the vendor allows.", most, s.address, until.UTC().Format(time.RFC3339))}}}
}

// landed is what a flight brought.
type landed struct {
	live    *live // nil: it failed
	err     error
	began   time.Time
	keeping *keeping // where its record is; nil: it did not get so far
	key     store.Key
	seen    version // of the record
	stored  uint64  // the record's generation when it was looked at
}

// run makes the credential valid. It works for all callers, so that it ends with the runtime and with none of them.
func (s *TokenSource) run(f *flight) {
	rt := s.flow.rt
	s.mu.Lock()
	told := s.told
	s.mu.Unlock()
	l := s.attempt(f.refused)
	if l.err != nil && rt.life.Err() != nil {
		l.err = ErrClosed
	}
	s.mu.Lock()
	f.err, s.flight, s.failed = l.err, nil, nil
	if l.live != nil {
		s.live.Store(l.live)
		s.advance()
		if f.refused != "" && l.live.credential.Action != ActionReuse {
			s.refused = append(s.refused, l.began)
		}
	} else {
		f.until = l.began.Add(failureRest)
		s.failed = f
	}
	again := s.told != told || l.live != nil && l.live.credential.Generation != l.stored // it may have been read before that
	if l.keeping != nil && l.key != (store.Key{}) {
		s.seen = l.seen
		if l.key != s.key {
			rt.watch(l.keeping, s.key, l.key, s)
			s.key, again = l.key, true // what happened until now was told to nobody
		}
	}
	close(f.done)
	s.mu.Unlock()
	if again && l.keeping != nil {
		rt.shielded("read the store", func() { s.changed(rt.life, l.keeping.store, l.key) })
	}
}

// attempt is a run of the flow for the source's address. A function of the program that panics makes it fail.
func (s *TokenSource) attempt(refused string) (l landed) {
	rt := s.flow.rt
	defer func() {
		if v := recover(); v != nil {
			l.live, l.err = nil, &Error{Address: s.address, Class: ClassPlugin, Err: rt.panicked("make "+s.address+" valid", v)}
		}
	}()
	l.began = rt.now()
	c, m, err := s.flow.fork().credential(rt.life, s.address, ApplyOptions{Refused: refused}, nil)
	if c.Token == "" { // else what could not be written does not make it less valid
		l.err = err
	}
	var block credential.Block
	var look credential.Look
	if m.apply != nil {
		block, look = m.glance(context.WithoutCancel(rt.life))
		l.keeping, l.key = m.keeping, look.Key
		l.seen, l.stored = version{look.Generation, look.RetiredAt}, look.Generation
	}
	if l.err == nil {
		l.live = s.liveOf(c, block, look)
		l.seen.generation = c.Generation // which is not the record's any more where another process was quick
	}
	return l
}

// glance looks at the credential that a run was for.
func (m made) glance(ctx context.Context) (credential.Block, credential.Look) {
	b, ok := m.blocks[m.index]
	if !ok { // it failed, maybe before its arguments were known
		config, diags := m.flow.scope.Config(m.instances[m.index])
		if m.flow.rt.secrets.Add(config.Secrets...); diags.HasErrors() || m.flow.broken[m.instances[m.index].Addr.Vendor] != nil {
			return b, credential.Look{}
		}
		b = m.blockOf(m.index, config)
	}
	b.Refused = ""                             // what was refused is replaced, or it failed
	look, _ := m.keeping.keeper.Glance(ctx, b) // what cannot be read is looked at soon again
	return b, look
}

// advance tells those who wait that something is new. mu is held.
func (s *TokenSource) advance() {
	close(s.advanced)
	s.advanced = make(chan struct{})
}

// changed is told that the record may have been changed by anybody.
func (s *TokenSource) changed(ctx context.Context, from store.Store, key store.Key) {
	s.mu.Lock()
	s.told++ // for a flight under way, which may have read it before
	mine := s.key == key
	s.mu.Unlock()
	if !mine {
		return
	}
	record, err := from.Record(ctx, key)
	if err != nil && !isGone(err) {
		return // a store that cannot be read has not changed
	}
	now := version{}
	if err == nil && record.Sealed != nil {
		now = version{record.Generation, record.RetiredAt}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != key || s.flight != nil || now.equal(s.seen) {
		return
	}
	s.seen, s.failed = now, nil
	if l := s.live.Load(); l != nil {
		old := *l
		old.stale = true
		s.live.Store(&old)
	}
	s.advance()
}

// untilOf is until when a failure lasts, as far as it is known; zero: it is not.
func untilOf(err error) time.Time {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Until
	}
	return time.Time{}
}
