package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// acme is a vendor of a storm. It does what the storm's seed decides, and knows what was asked of it.
type acme struct {
	storm  *storm
	schema sdk.Description
	life   time.Duration
	early  time.Duration // a renewal is possible for so long after the acquire; 0: while it lives
	renews string        // "": it cannot; "rotate": a pair for a pair; "slide": the same token lives on
	calls  int           // exchanges of an acquire

	quota    *sdk.Quota
	interval time.Duration
	lockout  *sdk.Lockout

	trouble int             // so many of a hundred exchanges go wrong
	refuses map[string]bool // secrets that are wrong for now

	made     int
	accounts map[string]*account
}

// account is what the vendor knows of an account.
type account struct {
	tokens   map[string]*token
	newest   *token
	asked    []asking
	refusals []asking // in a row
}

// asking is a request that reached the vendor.
type asking struct {
	at, row time.Time // when it came, and when it was written down
	by      *process
}

// token is what the vendor gave out.
type token struct {
	number        int
	name, refresh string
	secret        string
	ends          time.Time
	dead          bool
	renewed       bool      // its pair is used up
	replaced      time.Time // true time when one of another secret was stored, which killed it; zero: none was
}

// reply is what the vendor says; it is its answer's body, too.
type reply struct {
	Class      string        `json:",omitempty"` // why it refuses; empty: it does not
	RetryAfter time.Duration `json:",omitempty"`
	Garbage    bool          `json:",omitempty"` // it makes no sense
	Crash      bool          `json:",omitempty"` // the plugin dies of it
	Token      string        `json:",omitempty"`
	Refresh    string        `json:",omitempty"`
	Life       time.Duration `json:",omitempty"`
	Slid       bool          `json:",omitempty"` // the same token lives on
}

func newAcme(s *storm) *acme {
	r := s.r
	v := &acme{storm: s, accounts: map[string]*account{}, refuses: map[string]bool{}, trouble: []int{0, 10, 20, 40, 90}[r.IntN(5)], calls: 1}
	v.life = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour}[r.IntN(4)]
	v.renews = []string{"", "rotate", "rotate", "slide"}[r.IntN(4)]
	if s.chance(30) {
		v.calls = 2
	}
	if v.renews != "" && s.chance(30) {
		v.early = v.life * 19 / 20
	}
	v.schema = sdk.Description{Vendor: "acme", Version: "1.0.0", Credential: schema.Credential,
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: v.calls}, {Operation: sdk.OpRenew, Calls: 1}},
		Token: sdk.Token{Second: []sdk.Second{sdk.KeepsFirst, sdk.KillsFirst, sdk.SameToken, sdk.UnknownSecond}[r.IntN(4)], Sliding: v.renews == "slide",
			FreshWithin: v.life / 20}}
	if s.chance(30) {
		v.quota = &sdk.Quota{Count: 2 + r.IntN(10), Sliding: time.Duration(1+r.IntN(24)) * time.Hour}
	}
	if s.chance(30) {
		v.interval = time.Duration(1+r.IntN(70/v.calls)) * time.Second // Within an operation there is no waiting for more than a minute.
	}
	if s.chance(30) {
		v.lockout = &sdk.Lockout{Refusals: 2 + r.IntN(4), Hold: time.Duration(1+r.IntN(30)) * time.Minute}
	}
	for n := range s.plan.accounts {
		v.accounts[urlOf(n)] = &account{tokens: map[string]*token{}}
	}
	both := []sdk.Operation{sdk.OpAcquire, sdk.OpRenew}
	if v.quota != nil {
		v.limit(sdk.Limit{Name: "quota", Quota: v.quota, Counts: both})
	}
	if v.interval > 0 {
		v.limit(sdk.Limit{Name: "interval", MinInterval: v.interval, Counts: both})
	}
	if v.lockout != nil {
		v.limit(sdk.Limit{Name: "lockout", Lockout: v.lockout})
	}
	return v
}

func (v *acme) limit(l sdk.Limit) {
	l.Scope = []string{"base_url"}
	v.schema.Limits = append(v.schema.Limits, l)
}

func (v *acme) String() string {
	limits, _ := json.Marshal(v.schema.Limits) // plain data always has a JSON form
	return fmt.Sprintf("life %s, renews %q, second %q, %d calls, trouble %d, limits %s", v.life, v.renews, v.schema.Token.Second, v.calls, v.trouble, limits)
}

// mend ends all trouble.
func (v *acme) mend() {
	v.trouble, v.refuses = 0, map[string]bool{}
}

// someWish is what somebody wants of a process.
func (s *storm) someWish() run {
	secret := secrets[s.r.IntN(s.plan.secrets)]
	if s.chance(s.plan.guesses) {
		secret = fmt.Sprint("wrong ", s.r.IntN(9))
	}
	w := s.wish(s.r.IntN(s.plan.accounts), secret)
	b := &w.block
	b.Forced = s.chance(4)
	b.Retry = Retry{Attempts: s.r.IntN(4), MinDelay: 500 * time.Millisecond, MaxDelay: 10 * time.Second}
	if s.chance(12) {
		b.MinLife = []time.Duration{s.someTime(), s.vendor.life * 9 / 10, s.vendor.life * 2}[s.r.IntN(3)]
	}
	if a := s.vendor.accounts[w.account]; a.newest != nil && s.chance(8) {
		b.Refused = a.newest.name
	}
	if s.chance(2) {
		for _, secret := range secrets {
			s.vendor.refuses[secret] = secret == w.secret || s.chance(50)
		}
	}
	return w
}

// secrets are those with which somebody may ask.
var secrets = []string{"right", "other", "third"}

func urlOf(n int) string { return fmt.Sprintf("http://account-%d.test", n) }

// wish is that an account's credential is valid.
func (s *storm) wish(n int, secret string) run {
	url := urlOf(n)
	args := map[string]json.RawMessage{"base_url": json.RawMessage(`"` + url + `"`), "secret": json.RawMessage(`"` + secret + `"`)}
	config, _ := json.Marshal(args) // a map of JSON texts always has a JSON form
	return run{account: url, secret: secret, block: Block{
		Address: "auth.acme.a", Schema: s.vendor.schema, Config: config, Set: args, Account: map[string]json.RawMessage{"base_url": args["base_url"]},
		Sensitive: map[string]json.RawMessage{"secret": args["secret"]}, Endpoints: []string{url}, Timeout: time.Hour,
		Retry: Retry{MinDelay: time.Second, MaxDelay: 10 * time.Second}, Flow: "/flow.hcl",
	}}
}

// plugin starts the process's plugin.
func (p *process) plugin(context.Context) (sdk.Plugin, error) {
	if v := p.storm.vendor; p.storm.r.IntN(1000) < v.trouble {
		p.hears(reply{Class: ClassPlugin})
		return nil, &client.Error{Vendor: "acme", Problem: "crashed as it started"}
	}
	return plugged{p}, nil
}

// plugged is the vendor's plugin in a process.
type plugged struct{ *process }

func (plugged) Describe(context.Context) (sdk.Description, error) { return sdk.Description{}, nil }

func (plugged) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) { return nil, nil }

// Run makes the exchanges of an operation.
func (p plugged) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	calls := 1
	if run.Operation == sdk.OpAcquire {
		calls = p.storm.vendor.calls
	}
	var held struct{ Token, Refresh string }
	if run.Held != nil {
		_, _ = json.Unmarshal(run.Held.Value, &held), json.Unmarshal(run.Held.Private, &held) // nothing is held if that fails
	}
	for n := 1; ; n++ {
		form := fmt.Sprintf("%s %d %s %s", run.Operation, calls-n, held.Token, held.Refresh)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.run.account, strings.NewReader(form))
		if err != nil {
			return sdk.Result{}, err
		}
		resp, err := run.Transport.RoundTrip(req)
		if err != nil {
			return sdk.Result{}, err
		}
		text, err := io.ReadAll(resp.Body)
		var a reply
		switch {
		case err != nil:
			return sdk.Result{}, err
		case json.Unmarshal(text, &a) != nil:
			return sdk.Result{}, &sdk.Failure{Class: sdk.MalformedAnswer}
		case a.Crash:
			return sdk.Result{}, &client.Error{Vendor: "acme", Problem: "crashed"}
		case a.Class != "":
			return sdk.Result{}, &sdk.Failure{Class: sdk.Class(a.Class), RetryAfter: a.RetryAfter}
		case n == calls:
			r, err := a.result()
			r.RenewWithin = p.storm.vendor.early
			return r, err
		}
	}
}

func (a reply) result() (r sdk.Result, err error) {
	r = sdk.Result{Life: a.Life, Renewable: a.Refresh != ""}
	if a.Slid {
		return r, nil
	}
	if r.Value, err = json.Marshal(map[string]string{"token": a.Token}); err == nil {
		r.Private, err = json.Marshal(map[string]string{"refresh": a.Refresh})
	}
	return r, err
}

func (p *process) transport() (http.RoundTripper, error) { return wire{p}, nil }

// wire is the way from a process to the vendor.
type wire struct{ *process }

// RoundTrip takes a request to the vendor, and its answer back, if neither is lost.
func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	s := w.storm
	if err := w.stop("before sending", ready); err != nil {
		return nil, err
	}
	hooks := httptrace.ContextClientTrace(req.Context())
	hooks.GetConn("")
	if s.r.IntN(200) < s.vendor.trouble {
		s.tell("%s finds no way to the vendor", w.name)
		w.hears(reply{Class: string(sdk.Unavailable)})
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	hooks.GotConn(httptrace.GotConnInfo{})
	if err := w.stop("sent", ready); err != nil {
		return nil, err
	}
	form, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	status, answer := s.vendor.ask(w.process, string(form))
	err = w.stop("the answer is on its way", ready)
	s.rules.answered(w.process, answer)
	if err != nil {
		return nil, err
	}
	if status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	body, err := json.Marshal(answer)
	if answer.Garbage {
		body = []byte("<html>")
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body))}, err
}

// ask is a request that has reached the vendor, and what it answers. A status of 0: nothing.
func (v *acme) ask(p *process, form string) (status int, a reply) {
	s, r := v.storm, v.storm.r
	var op, held, refresh string
	var more int
	_, _ = fmt.Sscan(form, &op, &more, &held, &refresh) // what is not held is empty
	s.rules.arrived(p, op)
	defer func() { s.tell("%s: %s (%d more) %s -> %d %+v", p.name, op, more, held, status, a) }()
	if r.IntN(100) >= v.trouble {
		return 200, v.do(p, op, more, held, refresh)
	}
	switch r.IntN(6) {
	case 0:
		return 503, reply{Class: string(sdk.Unavailable)}
	case 1: // Nobody knows whether it did anything.
		if s.chance(50) {
			v.do(p, op, more, held, refresh)
		}
		return 0, reply{Class: string(sdk.Unavailable)}
	case 2:
		v.do(p, op, more, held, refresh)
		return 200, reply{Class: string(sdk.MalformedAnswer), Garbage: true}
	case 3:
		v.do(p, op, more, held, refresh)
		return 200, reply{Class: ClassPlugin, Crash: true}
	default:
		classes := []sdk.Class{sdk.RateLimited, sdk.Unavailable, sdk.QuotaExhausted, sdk.InvalidRequest, sdk.InteractionRequired, sdk.LockedOut}
		a := reply{Class: string(classes[r.IntN(len(classes))])}
		if s.chance(40) {
			a.RetryAfter = s.someTime()
		}
		return 200, a
	}
}

// do does what is asked for.
func (v *acme) do(p *process, op string, more int, held, refresh string) reply {
	s, a := v.storm, v.accounts[p.run.account]
	refuses := v.refuses[p.run.secret] || strings.HasPrefix(p.run.secret, "wrong")
	if refuses && (more == 0 || s.chance(50)) {
		if op == string(sdk.OpAcquire) {
			a.refusals = append(a.refusals, asking{s.now, p.run.row, p})
		}
		return reply{Class: string(sdk.InvalidCredentials)}
	}
	switch {
	case more > 0:
		return reply{}
	case op == string(sdk.OpRenew):
		return v.renew(p, a, held, refresh)
	}
	a.refusals = nil
	same, now := a.newest, s.now
	switch v.schema.Token.Second {
	case sdk.SameToken:
		if same != nil && !same.dead && same.secret == p.run.secret && same.ends.Sub(now) > v.schema.Token.FreshWithin {
			return reply{Token: same.name, Refresh: same.refresh, Life: same.ends.Sub(now)}
		}
	case sdk.KillsFirst, sdk.UnknownSecond:
		for _, t := range a.tokens {
			t.dead = true
		}
	}
	return v.give(p, a)
}

// renew prolongs what is held, or gives a pair for a pair: once.
func (v *acme) renew(p *process, a *account, held, refresh string) reply {
	t := a.tokens[held]
	switch {
	case t == nil || t.refresh != refresh:
		v.storm.breaks("%s renews %q with %q, which were never given", p.name, held, refresh)
		return reply{Class: string(sdk.TokenDead)}
	case t.renewed:
		v.storm.breaks("%s sends the pair of %s a second time", p.name, held)
		return reply{Class: string(sdk.TokenDead)}
	case t.dead || !v.storm.now.Before(t.ends):
		return reply{Class: string(sdk.TokenDead)}
	case v.renews == "slide":
		t.ends = v.storm.now.Add(v.life)
		return reply{Slid: true, Refresh: refresh, Life: v.life}
	}
	t.dead, t.renewed = true, true
	return v.give(p, a)
}

// give makes a new token.
func (v *acme) give(p *process, a *account) reply {
	v.made++
	t := &token{number: v.made, name: fmt.Sprintf("token-%d", v.made), secret: p.run.secret, ends: v.storm.now.Add(v.life)}
	if v.renews != "" {
		t.refresh = "refresh-" + t.name
	}
	a.tokens[t.name], a.newest = t, t
	return reply{Token: t.name, Refresh: t.refresh, Life: v.life}
}
