package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

	live atomic.Pointer[live] // written with mu held

	mu        sync.Mutex
	flight    *flight       // under way; nil: none
	advanced  chan struct{} // closed when live changes, and when a failure may be over
	failed    *flight       // the last one, if it failed
	suspected time.Time     // when weak evidence was believed last
	suspect   string        // against which token
	refused   []time.Time   // when tokens were replaced because they were refused, in the last hour
	key       store.Key     // of the record, as the store's watcher knows it
	seen      version       // of the record, by the last flight
	told      int           // how often the watcher told that the record may have changed
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
func (l *live) now(rt *Runtime) time.Time { return l.mark.Now(rt.clock) }

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
// extra fields. The token is shared: do not change it. The error is as with [Flow.Credential], or [ErrClosed]; a failure is told again for a
// second without another try.
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

// Credential is [TokenSource.TokenContext] with all that is known of the token. Its Value is shared: do not change it.
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
	l, err := s.another(ctx, token)
	if err != nil {
		return Credential{}, err
	}
	return l.credential, nil
}

// another gives a living token that is not the one which was refused.
func (s *TokenSource) another(ctx context.Context, refused string) (*live, error) {
	for {
		if l := s.successor(refused); l != nil {
			return l, nil
		}
		f, err := s.fly(refused)
		if err != nil {
			return nil, err
		}
		if err := f.wait(ctx); err != nil {
			return nil, err
		}
		if f.refused == refused {
			break // others may have flown for another reason
		}
	}
	if l := s.live.Load(); l != nil && l.credential.Token != refused {
		return l, nil
	}
	return nil, &Error{Address: s.address, Class: ClassRefused, Diagnostics: Diagnostics{{Severity: SeverityError,
		Summary: "Token refused again", Address: s.address, Detail: "The vendor gives the same token that was reported as refused."}}}
}

// successor is the living token if it is another than the one that was refused; nil: it is not.
func (s *TokenSource) successor(refused string) *live {
	if l := s.live.Load(); l != nil && l.credential.Token != refused && !s.flow.rt.closed.Load() && s.lives(l) {
		return l
	}
	return nil
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

// liveOf is a credential as the source holds it.
func (s *TokenSource) liveOf(c Credential, b credential.Block, look credential.Look) *live {
	l := &live{credential: c, ends: c.ExpiresAt, mark: s.flow.rt.clock.Mark(), carried: newCarried(b, look, c)}
	if at := look.RetiredAt; !at.IsZero() && look.Generation == c.Generation && (l.ends.IsZero() || at.Before(l.ends)) {
		l.ends = at // another configuration of the account ends it before
	}
	l.oauth = &oauth2.Token{AccessToken: c.Token, Expiry: l.ends}
	var attributes map[string]any
	if json.Unmarshal(c.Value, &attributes) == nil {
		delete(attributes, "token")
		l.oauth = l.oauth.WithExtra(attributes)
	}
	l.due = dueAt(look, l.ends, l.now(s.flow.rt))
	return l
}

// dueAt is when a credential that is valid now, and ends then, needs something; zero: when something changes.
func dueAt(look credential.Look, ends, now time.Time) time.Time {
	soon, due := now.Add(keepRest), look.RenewAt
	switch {
	case look.Class != "" && look.Until.IsZero(): // a latch, which goes away when the flow is changed
		due = now.Add(keepRestMax)
	case look.Class != "":
		due = look.Until
	case look.Do != credential.Reuse:
		due = soon
	}
	if !due.IsZero() && due.Before(soon) {
		due = soon
	}
	if !ends.IsZero() && (due.IsZero() || due.After(ends)) {
		due = ends
	}
	return due
}
