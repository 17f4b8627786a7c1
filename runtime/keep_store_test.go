package runtime

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/sdk"
)

// faulty is a store that cannot be written while it is full, and counts how often it is asked.
type faultyStore struct {
	store.Store
	full           atomic.Bool
	reads, records atomic.Int64
}

func (s *faultyStore) Begin(ctx context.Context, e store.Exchange, judge store.Judge) (int64, error) {
	if s.full.Load() {
		return 0, store.ErrFull
	}
	return s.Store.Begin(ctx, e, judge)
}

func (s *faultyStore) Commit(ctx context.Context, c store.Change) error {
	if s.full.Load() {
		return store.ErrFull
	}
	return s.Store.Commit(ctx, c)
}

func (s *faultyStore) Record(ctx context.Context, key store.Key) (store.Record, error) {
	s.reads.Add(1)
	s.records.Add(1)
	return s.Store.Record(ctx, key)
}

func (s *faultyStore) Records(ctx context.Context, vendor, account string) ([]store.Record, error) {
	s.reads.Add(1)
	return s.Store.Records(ctx, vendor, account)
}

func (s *faultyStore) Uses(ctx context.Context, flow string) ([]store.Use, error) {
	s.reads.Add(1)
	return s.Store.Uses(ctx, flow)
}

// till is a vendor without a process or a network, whose tokens live for an hour.
type till struct{ asked atomic.Int64 }

type tillConfig struct {
	URL  string `auth:"url,endpoint,account"`
	User string `auth:"user,account"`
}

type tillPass struct {
	Token sdk.Secret `auth:"token"`
}

func (v *till) Plugin() (sdk.Plugin, error) {
	return sdk.Vendor[tillConfig, tillPass]{Name: "till", Version: "1.0.0", Token: sdk.Token{Second: sdk.KeepsFirst},
		Acquire: sdk.Op[tillConfig, tillPass]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c tillConfig, _ tillPass) (none sdk.Credential[tillPass], err error) {
			if _, err := h.Get(ctx, c.URL); err != nil {
				return none, err
			}
			return sdk.Credential[tillPass]{Value: tillPass{sdk.Secret(fmt.Sprintf("token-%d", v.asked.Load()))}, Life: time.Hour}, nil
		}}}.Plugin()
}

func (v *till) RoundTrip(r *http.Request) (*http.Response, error) {
	v.asked.Add(1)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
}

// kiosk is a runtime around a store under test and a till, on a clock that does not wait.
type kiosk struct {
	store *faultyStore
	till  till
	flow  *Flow
	waits atomic.Int64

	mu  sync.Mutex
	now time.Time
}

func newKiosk(t *testing.T, flow string) *kiosk {
	t.Helper()
	k := &kiosk{store: &faultyStore{Store: memory.New()}, now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	rt, err := Open(Options{Vendors: []Vendor{&k.till}, Transport: &k.till, Now: k.clock, Store: "/kiosk.db", Sleep: k.sleep})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	key, err := seal.NewKey(rt.rand)
	if err != nil {
		t.Fatal(err)
	}
	rt.stores["/kiosk.db"] = rt.keeping(k.store, credential.OneKey(key), seal.NewHasher([seal.KeySize]byte{}))
	f, diags := rt.LoadBytes(t.Context(), "flow.hcl", []byte(flow), Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	k.flow = f
	return k
}

func (k *kiosk) clock() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *kiosk) sleep(ctx context.Context, d time.Duration) error {
	k.waits.Add(1)
	k.mu.Lock()
	k.now = k.now.Add(d)
	k.mu.Unlock()
	return ctx.Err()
}

// keeps keeps the flow for so long; between is called after each event. It gives what was told in words.
func (k *kiosk) keeps(t *testing.T, long time.Duration, between func()) (told []string, summary Summary) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	end := k.clock().Add(long)
	k.flow.rt.opts.Sleep = func(ctx context.Context, d time.Duration) error {
		err := k.sleep(ctx, d)
		if between != nil {
			between()
		}
		if k.clock().After(end) {
			cancel()
			return context.Canceled
		}
		return err
	}
	summary, err := k.flow.Keep(ctx, ApplyOptions{}, func(e Event) {
		switch e := e.(type) {
		case AuthDone:
			told = append(told, e.Address+" "+string(e.Action))
		case AuthFailed:
			told = append(told, e.Address+" "+e.Class)
		case Diagnosed:
			told = append(told, e.Diagnostic.Summary)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return told, summary
}

// TestKeepWithoutAStore fills the disk for forty minutes, in which one of two tokens comes into its window, lives on, and dies: no vendor is called while
// the store cannot record it, what lives is handed out, and all recovers (silenceper/wechat#762).
func TestKeepWithoutAStore(t *testing.T) {
	k := newKiosk(t, `
auth "till" "a" {
  url  = "http://till.invalid"
  user = "a"
}
`)
	begin, during := k.clock(), int64(-1)
	told, summary := k.keeps(t, 4*time.Hour, func() {
		since := k.clock().Sub(begin)
		full := since > 40*time.Minute && since < 80*time.Minute
		if k.store.full.Load() != full {
			k.store.full.Store(full)
			if during >= 0 && k.till.asked.Load() != during {
				t.Errorf("the vendor was called %d times while the store was full", k.till.asked.Load()-during)
			}
			during = k.till.asked.Load()
		}
		if full && since < 59*time.Minute {
			c, err := k.flow.Credential(t.Context(), "auth.till.a", ApplyOptions{}, nil)
			if err != nil || c.Token == "" {
				t.Errorf("after %s nothing is handed out: %v", since, err)
			}
		}
	})
	// An hour of life with a window of six to 6.6 minutes: at 0 and, after the outage, from minute 80 to 85 on each 54.
	if n := k.till.asked.Load(); n != 4 && n != 5 || summary.VendorCalls != int(n) || summary.Failed > 0 {
		t.Errorf("%d calls, %+v", n, summary)
	}
	text := strings.Join(told, "\n")
	if strings.Count(text, "auth.till.a store") != 1 || strings.Count(text, "still lives") != 1 || len(told) > 10 {
		t.Errorf("told:\n%s", text)
	}
	// A try each five minutes at most while nothing can be written, and a look at the clock each minute.
	if n := k.waits.Load(); n > 2*(4*60+30) {
		t.Errorf("%d waits", n)
	}
}

// TestKeepOfMany keeps many credentials for some hours. What that costs grows with what happens to them, and not with how many there are each time
// something happens: terraform#26355 is what the square of a number looks like.
func TestKeepOfMany(t *testing.T) {
	for _, many := range []int{100, 500} {
		k := newKiosk(t, fmt.Sprintf(`
auth "till" "a" {
  count = %d
  url   = "http://till.invalid"
  user  = "u${count.index}"
}
`, many))
		k.keeps(t, time.Minute, nil)
		begun := k.store.reads.Load()
		k.till.asked.Store(0)
		k.waits.Store(0)
		_, summary := k.keeps(t, 5*time.Hour, nil)
		renewed := int64(summary.Acquired)
		if renewed < int64(5*many) || renewed > int64(6*many) || k.till.asked.Load() != renewed {
			t.Errorf("%d credentials were got %d times in five hours", many, renewed)
		}
		// The first pass reads each, and so does the first news of the store; a renewal reads it some times.
		if reads := k.store.reads.Load() - begun; reads > 12*(renewed+int64(many)) {
			t.Errorf("%d reads of %d credentials for %d renewals", reads, many, renewed)
		}
		// They are due within 36 seconds of each other, each hour; a pass rests for a second, and the clock is looked at each minute.
		if n := k.waits.Load(); n > 6*(2*60+2*36)+int64(many) {
			t.Errorf("%d waits of %d credentials", n, many)
		}
	}
}
