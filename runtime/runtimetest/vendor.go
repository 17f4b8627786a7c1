package runtimetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Vendor is a vendor that does as it is told. Its tokens are NAME-1, NAME-2 and so on, and each costs one call. The zero values of its fields but
// Name are useful. Set the fields before the stage is made; its methods may be called by many goroutines.
type Vendor struct {
	// Name is the vendor's, as in a flow: [a-z][a-z0-9]*.
	Name string
	// Arguments are the names of the arguments of its auth blocks: optional text. Those that begin with "!" are sensitive. The argument "account" is
	// always there, and says which account is meant.
	Arguments []string
	// Life is how long its tokens live; 0: for ever.
	Life time.Duration
	// Renews says that its tokens can be renewed.
	Renews bool
	// Limits and Token are what a plugin would declare of it. Without a placement its token is a bearer token in the header Authorization.
	Limits []sdk.Limit
	Token  sdk.Token

	mu       sync.Mutex
	tokens   int
	calls    int
	failures []*sdk.Failure
	stuck    chan struct{}
}

// Fail makes the next calls fail, one failure each. What may be mended by another try is tried again, as with any vendor: by the stage's clock, so
// that somebody must let time pass, unless the flow says `retry { attempts = 1 }` or a quota of fewer than 100 counts the calls.
func (v *Vendor) Fail(failures ...*sdk.Failure) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failures = append(v.failures, failures...)
}

// Hang makes calls wait until the function that it returns is called.
func (v *Vendor) Hang() (goOn func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	stuck := make(chan struct{})
	v.stuck = stuck
	return sync.OnceFunc(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.stuck == stuck {
			v.stuck = nil
		}
		close(stuck)
	})
}

// Calls is how many calls the vendor saw.
func (v *Vendor) Calls() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.calls
}

// Plugin makes the vendor one that [runtime.Options] takes.
func (v *Vendor) Plugin() (sdk.Plugin, error) {
	if v.Name == "" {
		return nil, fmt.Errorf("a vendor of a test needs a name")
	}
	return plugin{v}, nil
}

// answer is what the vendor answers to a call.
func (v *Vendor) answer(ctx context.Context) (token string, err error) {
	v.mu.Lock()
	stuck := v.stuck
	v.mu.Unlock()
	if stuck != nil {
		select {
		case <-stuck:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls++
	if len(v.failures) > 0 {
		failure := v.failures[0]
		v.failures = v.failures[1:]
		return "", failure
	}
	v.tokens++
	return fmt.Sprintf("%s-%d", v.Name, v.tokens), nil
}

// host is where requests to the vendor go; they leave the process nowhere.
func (v *Vendor) host() string { return v.Name + ".test" }

// plugin is the vendor as the runtime sees it.
type plugin struct{ v *Vendor }

// Describe says what the vendor is.
func (p plugin) Describe(context.Context) (sdk.Description, error) {
	d := sdk.Description{Vendor: p.v.Name, Version: sdk.Version, Doc: "A vendor for tests.", Limits: p.v.Limits, Token: p.v.Token,
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1}}}
	if p.v.Renews {
		d.Abilities = append(d.Abilities, sdk.Ability{Operation: sdk.OpRenew, Calls: 1})
	}
	if len(d.Token.Use) == 0 {
		d.Token.Use = []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}}
	}
	text := json.RawMessage(`"string"`)
	fallback, err := json.Marshal("https://" + p.v.host())
	if err != nil {
		return d, err
	}
	d.Config.Attributes = []sdk.Attribute{{Name: "url", Type: text, Endpoint: true, Default: fallback}, {Name: "account", Type: text, Account: true}}
	for _, name := range p.v.Arguments {
		bare, sensitive := strings.CutPrefix(name, "!")
		d.Config.Attributes = append(d.Config.Attributes, sdk.Attribute{Name: bare, Type: text, Sensitive: sensitive})
	}
	return d, nil
}

// Check finds nothing wrong.
func (p plugin) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) { return nil, nil }

// Run makes one exchange, which the stage answers.
func (p plugin) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+p.v.host()+"/"+string(run.Operation), nil)
	if err != nil {
		return sdk.Result{}, err
	}
	answer, err := run.Transport.RoundTrip(request)
	if err != nil {
		return sdk.Result{}, err
	}
	defer answer.Body.Close()
	var value struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&value); err != nil {
		return sdk.Result{}, err
	}
	raw, err := json.Marshal(value)
	return sdk.Result{Value: raw, Life: p.v.Life, Eternal: p.v.Life == 0, Renewable: p.v.Renews}, err
}
