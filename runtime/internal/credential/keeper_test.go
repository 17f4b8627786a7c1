package credential

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/sdk"
)

var errFault = errors.New("a fault")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is a plugin that sends one request to its endpoint and does with the answer what the test says.
type scripted struct {
	result func(op sdk.Operation, answer string) (sdk.Result, error)
}

func (scripted) Describe(context.Context) (sdk.Description, error) { return schema, nil }

func (scripted) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) { return nil, nil }

func (s scripted) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	var config struct {
		URL string `json:"base_url"`
	}
	if err := json.Unmarshal(run.Config, &config); err != nil {
		return sdk.Result{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.URL, strings.NewReader("login"))
	if err != nil {
		return sdk.Result{}, err
	}
	resp, err := run.Transport.RoundTrip(req)
	if err != nil {
		return sdk.Result{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return sdk.Result{}, err
	}
	return s.result(run.Operation, string(body))
}

var schema = sdk.Description{
	Vendor: "acme", Version: "1.0.0",
	Credential: sdk.Block{Attributes: []sdk.Attribute{{Name: "extra", Type: json.RawMessage(`"string"`)}}},
	Abilities:  []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1}, {Operation: sdk.OpRenew, Calls: 1}},
}

// site is a vendor, a keeper and a clock.
type site struct {
	t      *testing.T
	keeper *Keeper
	store  store.Store
	server *httptest.Server
	calls  atomic.Int32
	answer func(n int) (status int, body string)

	mu  sync.Mutex
	now time.Time
}

func newSite(t *testing.T) *site {
	s := &site{t: t, now: noon, store: memory.New()}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(s.calls.Add(1))
		status, body := 200, fmt.Sprintf("token-%d", n)
		if s.answer != nil {
			status, body = s.answer(n)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.server.Close)
	key, err := seal.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.keeper = &Keeper{Store: s.store, Keys: OneKey(key), Hasher: seal.NewHasher([seal.KeySize]byte{1}), Now: s.clock, Rand: rand.Reader,
		Learn: func(...string) {}, Redact: func(text string) string { return text }, Process: "test 1"}
	return s
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// block is an auth block of the site with that secret, whose plugin makes an hour's token of every answer.
func (s *site) block(secret string) Block {
	q, err := json.Marshal(map[string]string{"base_url": s.server.URL, "secret": secret})
	if err != nil {
		s.t.Fatal(err)
	}
	set := map[string]json.RawMessage{}
	if err := json.Unmarshal(q, &set); err != nil {
		s.t.Fatal(err)
	}
	return Block{
		Address: "auth.acme.a", Schema: schema, Config: q, Set: set,
		Account:   map[string]json.RawMessage{"base_url": set["base_url"]},
		Sensitive: map[string]json.RawMessage{"secret": set["secret"]},
		Endpoints: []string{s.server.URL}, Retry: Retry{Attempts: 3, MinDelay: time.Millisecond, MaxDelay: 5 * time.Millisecond},
		Timeout: 10 * time.Second, Flow: "/flow.hcl",
		Plugin:    func(context.Context) (sdk.Plugin, error) { return scripted{hourly}, nil },
		Transport: func() (http.RoundTripper, error) { return &http.Transport{DisableKeepAlives: true}, nil },
	}
}

func hourly(_ sdk.Operation, answer string) (sdk.Result, error) {
	if class, found := strings.CutPrefix(answer, "refuse "); found {
		return sdk.Result{}, &sdk.Failure{Class: sdk.Class(class), Text: "the vendor says no"}
	}
	value, err := json.Marshal(map[string]string{"token": answer, "extra": "x"})
	return sdk.Result{Value: value, Private: json.RawMessage(`{"refresh":"secret-of-the-plugin"}`), Life: time.Hour, Renewable: true}, err
}

func (s *site) ensure(b Block) Valid {
	s.t.Helper()
	v, err := s.keeper.Ensure(context.Background(), b)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

func (s *site) fails(b Block) *Failed {
	s.t.Helper()
	_, err := s.keeper.Ensure(context.Background(), b)
	var failed *Failed
	if !errors.As(err, &failed) {
		s.t.Fatalf("the error is %v; want a *Failed", err)
	}
	return failed
}

func (s *site) wantCalls(n int) {
	s.t.Helper()
	if got := int(s.calls.Load()); got != n {
		s.t.Errorf("the vendor was called %d times; want %d", got, n)
	}
	if got := s.keeper.Calls(); got != n {
		s.t.Errorf("the keeper counts %d calls; want %d", got, n)
	}
}

// ledger reads the outcomes of all exchanges, oldest first.
func (s *site) ledger() []string {
	s.t.Helper()
	rows, err := s.store.Exchanges(context.Background(), store.Query{})
	if err != nil {
		s.t.Fatal(err)
	}
	var outcomes []string
	for _, row := range rows {
		outcomes = append(outcomes, row.Operation+" "+row.Outcome)
	}
	return outcomes
}

func (s *site) wantLedger(want ...string) {
	s.t.Helper()
	if got := s.ledger(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Errorf("the ledger has %q; want %q", got, want)
	}
}

// TestLife takes one credential through acquire, reuse, renewal and death.
func TestLife(t *testing.T) {
	s := newSite(t)
	b := s.block("a secret")
	for i, step := range []struct {
		pass       time.Duration
		did        Do
		token      string
		generation uint64
	}{
		{0, Acquire, "token-1", 1},
		{0, Reuse, "token-1", 1},
		{50 * time.Minute, Reuse, "token-1", 1},
		{5 * time.Minute, Renew, "token-2", 2},
		{50 * time.Minute, Reuse, "token-2", 2},
		{2 * time.Hour, Acquire, "token-3", 3},
	} {
		s.pass(step.pass)
		v := s.ensure(b)
		if v.Did != step.did || tokenOf(v) != step.token || v.Generation != step.generation {
			t.Errorf("step %d: %s, %s, generation %d; want %s, %s, %d", i, v.Did, tokenOf(v), v.Generation, step.did, step.token, step.generation)
		}
		if bytes.Contains(v.Value, []byte("secret-of-the-plugin")) {
			t.Errorf("step %d: the value holds what is private: %s", i, v.Value)
		}
	}
	s.wantCalls(3)
	s.wantLedger("acquire ok", "renew ok", "acquire ok")
}

func tokenOf(v Valid) string {
	var value struct{ Token string }
	_ = json.Unmarshal(v.Value, &value)
	return value.Token
}

// TestLifeCountsFromTheRequest shows that a life is counted from the instant the request left, not from the answer.
func TestLifeCountsFromTheRequest(t *testing.T) {
	s := newSite(t)
	s.answer = func(int) (int, string) {
		s.pass(7 * time.Second)
		return 200, "token"
	}
	if got, want := s.ensure(s.block("x")).ExpiresAt, noon.Add(time.Hour); !got.Equal(want) {
		t.Errorf("it expires at %s; want %s", got, want)
	}
}

// TestRefusedSecretsAreLatched shows that refused secrets are not sent again, by any block or run, until they change or it is forced.
func TestRefusedSecretsAreLatched(t *testing.T) {
	s := newSite(t)
	s.answer = func(int) (int, string) { return 200, "refuse invalid_credentials" }
	b := s.block("wrong")
	if f := s.fails(b); f.Class != string(sdk.InvalidCredentials) || f.Latched {
		t.Errorf("the first failure is %+v", f)
	}
	s.wantCalls(1)
	if f := s.fails(b); f.Class != string(sdk.InvalidCredentials) || !f.Latched || !strings.Contains(f.Advice, "--force auth.acme.a") {
		t.Errorf("the second failure is %+v", f)
	}
	s.wantCalls(1)

	s.answer = nil
	s.ensure(s.block("right"))
	s.wantCalls(2)
	b.Forced = true
	s.ensure(b)
	s.wantCalls(3)
	b.Forced = false
	s.pass(2 * time.Hour)
	s.ensure(b) // what worked once it was forced is not latched any more
	s.wantCalls(4)
}

// TestRefusedRequestIsLatched shows that a refused request is sent again as soon as anything in it changes.
func TestRefusedRequestIsLatched(t *testing.T) {
	s := newSite(t)
	s.answer = func(int) (int, string) { return 200, "refuse invalid_request" }
	b := s.block("x")
	s.fails(b)
	s.fails(b)
	s.wantCalls(1)
	b.Config = json.RawMessage(strings.Replace(string(b.Config), "{", `{"volatile":"changed",`, 1))
	s.fails(b)
	s.wantCalls(2)
}

// TestRetries shows how often each class of failure is tried.
func TestRetries(t *testing.T) {
	for class, calls := range map[sdk.Class]int{
		sdk.Unavailable: 3, sdk.RateLimited: 3, sdk.MalformedAnswer: 2, sdk.InvalidCredentials: 1, sdk.InvalidRequest: 1,
		sdk.QuotaExhausted: 1, sdk.LockedOut: 1, sdk.Unsupported: 1, sdk.InteractionRequired: 1,
	} {
		s := newSite(t)
		s.answer = func(int) (int, string) { return 200, "refuse " + string(class) }
		if f := s.fails(s.block("x")); f.Class != string(class) {
			t.Errorf("%s became %s", class, f.Class)
		}
		s.wantCalls(calls)
		if rows := s.ledger(); len(rows) != calls || rows[0] != "acquire "+string(class) {
			t.Errorf("%s: the ledger has %q", class, rows)
		}
	}
}

// TestFailureWhileItLives shows that what fails while the stored value lives is a warning.
func TestFailureWhileItLives(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.ensure(b)
	s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
	s.pass(56 * time.Minute)
	v := s.ensure(b)
	if v.Did != Reuse || tokenOf(v) != "token-1" || v.Warning == "" || v.Class != string(sdk.Unavailable) {
		t.Errorf("it is %+v", v)
	}
	s.pass(5 * time.Minute)
	if f := s.fails(b); f.Class != string(sdk.Unavailable) {
		t.Errorf("dead and refused: %+v", f)
	}
}

// TestDeadOnRenew shows that a token that turns out dead is acquired anew.
func TestDeadOnRenew(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.ensure(b)
	s.pass(56 * time.Minute)
	s.answer = func(n int) (int, string) {
		if n == 2 {
			return 200, "refuse token_dead"
		}
		return 200, "fresh"
	}
	if v := s.ensure(b); v.Did != Acquire || tokenOf(v) != "fresh" {
		t.Errorf("it is %+v", v)
	}
	s.wantLedger("acquire ok", "renew token_dead", "acquire ok")
}

// TestNothingIsSentUnrecorded shows that a call that cannot be written down is not made.
func TestNothingIsSentUnrecorded(t *testing.T) {
	s := newSite(t)
	s.keeper.Store = full{s.store}
	if f := s.fails(s.block("x")); f.Class != ClassStore || !errors.Is(f, store.ErrFull) {
		t.Errorf("it failed with %+v", f)
	}
	s.wantCalls(0)
}

// full is a store without room for another row.
type full struct{ store.Store }

func (full) Begin(context.Context, store.Exchange, store.Judge) (int64, error) {
	return 0, store.ErrFull
}

// TestUnsentIsTakenBack shows that what never left the host does not count.
func TestUnsentIsTakenBack(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.server.Close()
	if f := s.fails(b); f.Class != string(sdk.Unavailable) {
		t.Errorf("it failed with %+v", f)
	}
	s.wantCalls(0)
	s.wantLedger()
}

// TestOneCallForMany shows that blocks of one account share one call.
func TestOneCallForMany(t *testing.T) {
	s := newSite(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := s.keeper.Ensure(context.Background(), s.block("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.wantCalls(1)
}

// TestInterrupted shows that an exchange under way finishes and is stored, and that nothing new is sent.
func TestInterrupted(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.answer = func(int) (int, string) {
		cancel()
		return 200, "token"
	}
	b := s.block("x")
	if _, err := s.keeper.Ensure(ctx, b); err != nil {
		t.Fatalf("what was under way did not finish: %v", err)
	}
	if v := s.ensure(b); v.Did != Reuse {
		t.Errorf("what came of it was not stored: %+v", v)
	}
	s.pass(2 * time.Hour)
	_, err := s.keeper.Ensure(ctx, b)
	var failed *Failed
	if !errors.As(err, &failed) || failed.Class != ClassCanceled {
		t.Errorf("after the interrupt: %v", err)
	}
	s.wantCalls(1)
}

// TestSealedBoundToItsRow shows that a value put into another row does not open.
func TestSealedBoundToItsRow(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.ensure(b)
	ctx := context.Background()
	record, err := s.store.Record(ctx, s.keeper.keyOf(b))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(record.Sealed, []byte("token-1")) {
		t.Error("the store sees the token")
	}
	other := s.block("y")
	record.Key = s.keeper.keyOf(other)
	if err := s.store.Commit(ctx, store.Change{Put: &record}); err != nil {
		t.Fatal(err)
	}
	if f := s.fails(other); f.Class != ClassStore || !errors.Is(f, seal.ErrDamaged) {
		t.Errorf("a moved value gives %+v", f)
	}
}

// TestUsableAfter shows that a credential is stored at once, and handed out when the vendor accepts it.
func TestUsableAfter(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	var waited time.Time
	ctx, cancel := context.WithCancel(context.Background())
	b.Waiting = func(_ string, until time.Time) {
		waited = until
		cancel()
	}
	b.Plugin = func(context.Context) (sdk.Plugin, error) {
		return scripted{func(op sdk.Operation, answer string) (sdk.Result, error) {
			r, err := hourly(op, answer)
			r.UsableAfter = time.Minute
			return r, err
		}}, nil
	}
	if _, err := s.keeper.Ensure(ctx, b); err == nil {
		t.Error("it was handed out before the vendor accepts it")
	}
	if want := noon.Add(time.Minute); !waited.Equal(want) {
		t.Errorf("it waits until %s; want %s", waited, want)
	}
	s.pass(2 * time.Minute)
	if v := s.ensure(b); v.Did != Reuse {
		t.Errorf("then it is %+v", v)
	}
}
