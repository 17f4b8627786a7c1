package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/authrun/authrun/runtime/internal/clock"
	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/store"
)

// ErrClosed says that the [Runtime] was closed.
var ErrClosed = errors.New("the runtime is closed")

// TokenSource is the live token of one address: a handle whose value advances. It implements oauth2.TokenSource. Its methods may be called from
// many goroutines at the same time; whatever they ask for, there is one vendor call at most, and each caller waits on a context of its own.
//
// While the token lives and is not due, [TokenSource.Token] costs a load and a comparison. In its renewal window the living token is given at
// once and a new one is got behind it. What another process brings into the store is noticed within about a second.
type TokenSource struct {
	flow    *Flow
	address string

	live atomic.Pointer[live]

	mu        sync.Mutex
	flight    *flight       // under way; nil: none
	advanced  chan struct{} // closed when live changes
	failed    *flight       // the last one, if it failed
	suspected time.Time     // when weak evidence was believed last
	suspect   string        // against which token
	refused   []time.Time   // when tokens were replaced because they were refused, in the last hour
	key       store.Key     // of the record, as the store's watcher knows it
}

// live is what a TokenSource knows.
type live struct {
	credential Credential
	oauth      *oauth2.Token
	due        time.Time // ask again from then on; zero: never
	ends       time.Time // of the token; zero: never
	stale      bool      // the store has another one by now
	mark       clock.Mark
	carried
}

// now is the time by the clock as it stood when the token was got: by that its times are.
func (l *live) now(rt *Runtime) time.Time { return rt.now().Add(-rt.clock.PutSince(l.mark)) }

// flight is one run that several callers wait for.
type flight struct {
	done  chan struct{}
	err   error
	until time.Time // of a failure: it is not tried again before
}

// TokenSource gives the live token of an address; the same one each time. It calls no vendor and reads nothing yet. The error is [Diagnostics] where
// the flow declares no such address.
func (f *Flow) TokenSource(address string) (*TokenSource, error) {
	if f.from != nil {
		f = f.from
	}
	addr, err := flow.ParseAddr(address)
	if err != nil {
		return nil, Diagnostics{{Severity: SeverityError, Summary: "Invalid address", Detail: sentence(err)}}
	}
	switch n := len(f.scope.Select(addr)); {
	case n == 0:
		detail := fmt.Sprintf("The flow declares no %s.", addr)
		if nearest := flow.Nearest(addr.String(), texts(f.scope.Addresses())); nearest != "" {
			detail += fmt.Sprintf(" Did you mean %s?", nearest)
		}
		return nil, Diagnostics{{Severity: SeverityError, Summary: "Unknown address", Detail: detail}}
	case n > 1:
		return nil, Diagnostics{{Severity: SeverityError, Summary: "Address of several credentials",
			Detail: address + " names a block of " + count(n, "instance") + ". Name one of them, with its key in brackets."}}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sources[addr.String()]
	if s == nil {
		s = &TokenSource{flow: f, address: addr.String(), advanced: make(chan struct{})}
		if f.sources == nil {
			f.sources = map[string]*TokenSource{}
		}
		f.sources[s.address] = s
	}
	return s, nil
}

// Token gives a valid token, as oauth2.TokenSource does: it waits for a vendor call where none lives. Other attributes of the credential are its
// extra fields. The token is shared: do not change it. The error is as with [Flow.Credential], or [ErrClosed].
func (s *TokenSource) Token() (*oauth2.Token, error) {
	return s.TokenContext(context.Background())
}

// TokenContext is [TokenSource.Token] for a caller that may give up. What it waited for goes on for the others.
func (s *TokenSource) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	l, err := s.valid(ctx)
	if err != nil {
		return nil, err
	}
	return l.oauth, nil
}

// Credential is [TokenSource.TokenContext] with all that is known of the token.
func (s *TokenSource) Credential(ctx context.Context) (Credential, error) {
	l, err := s.valid(ctx)
	if err != nil {
		return Credential{}, err
	}
	return l.credential, nil
}

// Refused reports that the vendor refused a token, and gives another one. Where there is a newer one already it is given without a call; else the
// token is replaced, once for all who report it. More often than [Options.RefusalsPerHour] nothing is replaced: then the error says until when.
func (s *TokenSource) Refused(ctx context.Context, token string) (Credential, error) {
	for range 2 {
		if l := s.live.Load(); l != nil && l.credential.Token != token && s.lives(l) {
			return l.credential, nil
		}
		f, err := s.fly(token)
		if err != nil {
			return Credential{}, err
		}
		if err := f.wait(ctx); err != nil {
			return Credential{}, err
		}
	}
	l := s.live.Load()
	if l == nil || l.credential.Token == token {
		return Credential{}, &Error{Address: s.address, Class: ClassRefused, Diagnostics: Diagnostics{{Severity: SeverityError,
			Summary: "Token refused again", Address: s.address, Detail: "The vendor gives the same token that was reported as refused."}}}
	}
	return l.credential, nil
}

// Watch gives the credential, and then each new generation of it, until ctx ends, the loop is left, or the runtime is closed: then the last
// error is the context's or [ErrClosed]. It keeps the credential alive meanwhile. A failure is given as an error, and tried again when that is
// allowed; the loop goes on.
//
//	for c, err := range source.Watch(ctx) { ... }
func (s *TokenSource) Watch(ctx context.Context) iter.Seq2[Credential, error] {
	return func(yield func(Credential, error) bool) {
		generation := uint64(0)
		for failures := 0; ; {
			advanced := s.next()
			l, err := s.valid(ctx)
			switch {
			case ctx.Err() != nil:
				yield(Credential{}, ctx.Err())
				return
			case errors.Is(err, ErrClosed):
				yield(Credential{}, err)
				return
			case err != nil:
				failures++
				if !yield(Credential{}, err) {
					return
				}
			case l.credential.Generation != generation:
				failures, generation = 0, l.credential.Generation
				if !yield(l.credential, nil) {
					return
				}
			}
			s.rest(ctx, advanced, s.pause(l, failures))
		}
	}
}

// pause is how long nothing has to be done.
func (s *TokenSource) pause(l *live, failures int) time.Duration {
	now := s.flow.rt.now()
	switch {
	case l == nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.failed != nil && s.failed.until.After(now) {
			return s.failed.until.Sub(now)
		}
		return resting(failures)
	case l.due.IsZero():
		return 24 * time.Hour
	}
	return max(l.due.Sub(l.now(s.flow.rt)), keepRest)
}

// rest waits for d, or until something advanced, by the runtime's clock.
func (s *TokenSource) rest(ctx context.Context, advanced <-chan struct{}, d time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-advanced:
		case <-s.flow.rt.life.Done():
		case <-ctx.Done():
		}
		cancel()
	})
	_ = s.flow.rt.sleep(ctx, d)
	cancel()
	waiting.Wait()
}

// next is closed when the source's value changes from now on.
func (s *TokenSource) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advanced
}

// lives tells whether a token can be given.
func (s *TokenSource) lives(l *live) bool {
	return !l.stale && (l.ends.IsZero() || l.now(s.flow.rt).Before(l.ends))
}

// valid gives a living token. This is the way that a program goes for each of its requests.
func (s *TokenSource) valid(ctx context.Context) (*live, error) {
	if s.flow.rt.closed.Load() {
		return nil, ErrClosed
	}
	l := s.live.Load()
	if l != nil && !l.stale && (l.due.IsZero() || l.now(s.flow.rt).Before(l.due)) {
		return l, nil
	}
	if l != nil && s.lives(l) {
		_, _ = s.fly("") // behind the caller's back; it may be too early to try again
		return l, nil
	}
	f, err := s.fly("")
	if err != nil {
		return nil, err
	}
	if err := f.wait(ctx); err != nil {
		return nil, err
	}
	if l = s.live.Load(); l == nil {
		return nil, ErrClosed
	}
	return l, nil
}

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
	if rt.life.Err() != nil {
		return nil, ErrClosed
	}
	now := rt.now()
	if s.failed != nil && now.Before(s.failed.until) {
		return s.failed, nil
	}
	if refused != "" {
		if err := s.allowed(now); err != nil {
			return nil, err
		}
	}
	f := &flight{done: make(chan struct{})}
	if !rt.work(func() { s.run(f, refused) }) {
		return nil, ErrClosed
	}
	s.flight = f
	return f, nil
}

// allowed counts a token that was refused, if that may be.
func (s *TokenSource) allowed(now time.Time) error {
	for len(s.refused) > 0 && now.Sub(s.refused[0]) >= time.Hour {
		s.refused = s.refused[1:]
	}
	most := s.flow.rt.opts.RefusalsPerHour
	if most == 0 {
		most = defaultRefusals
	}
	if len(s.refused) < most {
		s.refused = append(s.refused, now)
		return nil
	}
	until := s.refused[0].Add(time.Hour)
	return &Error{Address: s.address, Class: ClassRefused, Until: until, Diagnostics: Diagnostics{{Severity: SeverityError, Summary: "Tokens refused too often",
		Address: s.address, Detail: fmt.Sprintf("%d tokens of %s were reported as refused within an hour. The next one is not replaced before %s: "+
			"something other than their age is wrong, and a new one each time uses up what the vendor allows.", most, s.address, until.UTC().Format(time.RFC3339))}}}
}

// run makes the credential valid. It works for all callers, so that it ends with the runtime and with none of them.
func (s *TokenSource) run(f *flight, refused string) {
	rt := s.flow.rt
	c, m, err := s.credential(refused)
	if c.Token != "" {
		err = nil // what could not be written does not make it less valid
	}
	var l *live
	var look credential.Look
	if err == nil {
		var b credential.Block
		b, look, _ = m.look(context.WithoutCancel(rt.life), m.instances[m.index], m.index)
		l = s.liveOf(c, b, look)
	} else if rt.life.Err() != nil {
		err = ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.err, s.flight, s.failed = err, nil, nil
	switch {
	case err == nil:
		s.live.Store(l)
		close(s.advanced)
		s.advanced = make(chan struct{})
		if look.Key != s.key && look.Key != (store.Key{}) {
			s.key = look.Key
			rt.watch(m.keeping, look.Key, s)
		}
	default:
		f.until = rt.now().Add(failureRest)
		s.failed = f
	}
	close(f.done)
}

// credential is a run of the flow for the source's address.
func (s *TokenSource) credential(refused string) (c Credential, m made, err error) {
	rt := s.flow.rt
	defer func() {
		if v := recover(); v != nil {
			err = &Error{Address: s.address, Class: ClassPlugin, Err: rt.panicked("make "+s.address+" valid", v)}
		}
	}()
	return s.flow.fork().credential(rt.life, s.address, ApplyOptions{Refused: refused}, nil)
}

// defaultRefusals is how many refused tokens are replaced within an hour where the options say nothing.
const defaultRefusals = 12

// failureRest is how long a failure is told again without asking the store: a program that has no token asks for each of its requests.
const failureRest = time.Second

// liveOf is a credential as the source holds it.
func (s *TokenSource) liveOf(c Credential, b credential.Block, look credential.Look) *live {
	l := &live{credential: c, ends: c.ExpiresAt, mark: s.flow.rt.clock.Mark(), carried: newCarried(b, look, c),
		oauth: &oauth2.Token{AccessToken: c.Token, Expiry: c.ExpiresAt}}
	var attributes map[string]any
	if json.Unmarshal(c.Value, &attributes) == nil {
		delete(attributes, "token")
		l.oauth = l.oauth.WithExtra(attributes)
	}
	l.due = dueAt(look, s.flow.rt.now())
	return l
}

// dueAt is when a credential that is valid now needs something; zero: when something changes.
func dueAt(look credential.Look, now time.Time) time.Time {
	switch {
	case look.Do == credential.Reuse && look.Class == "":
		return look.RenewAt
	case look.Until.After(now):
		return look.Until
	}
	return now.Add(keepRest)
}

// changed is told that the record may have been changed by anybody.
func (s *TokenSource) changed(ctx context.Context, from store.Store, key store.Key) {
	l := s.live.Load()
	if l == nil || l.stale {
		return
	}
	record, err := from.Record(ctx, key)
	if err != nil && !isGone(err) {
		return // a store that cannot be read has not changed
	}
	if err == nil && record.Generation == l.credential.Generation && (record.RetiredAt.IsZero() || s.flow.rt.now().Before(record.RetiredAt)) {
		return
	}
	old := *l
	old.stale = true
	if s.live.CompareAndSwap(l, &old) {
		s.mu.Lock()
		close(s.advanced)
		s.advanced = make(chan struct{})
		s.mu.Unlock()
	}
}
