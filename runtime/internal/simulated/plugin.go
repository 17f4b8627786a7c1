package simulated

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Lives are how long the credentials of one account live, and whether they can be renewed.
type Lives struct {
	Acquired, Renewed time.Duration // sdk.Forever: they never expire
	Renewable         bool
}

// plugin is a plugin for a service, as it is for accounts whose credentials live that long.
type plugin struct {
	is    sdk.Description
	lives Lives
}

// Plugin is the plugin of a description, for accounts whose credentials live that long. It asks whatever service its exchanges reach: see [Service].
func Plugin(is sdk.Description, lives Lives) sdk.Plugin {
	is.Checks = false // what the real plugin's check says is nothing that a description could say
	return &plugin{is: is, lives: lives}
}

// Describe gives the description, without its checks.
func (p *plugin) Describe(context.Context) (sdk.Description, error) { return p.is, nil }

// Check finds nothing wrong.
func (p *plugin) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) { return nil, nil }

// errNoEndpoint says that there is nothing to exchange anything with.
var errNoEndpoint = errors.New("the configuration names no endpoint")

// Run makes the declared number of exchanges, and brings what the service gave at the last.
func (p *plugin) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	calls, can := p.is.Can(run.Operation)
	if !can {
		return sdk.Result{}, &sdk.Failure{Class: sdk.Unsupported, Text: "the plugin cannot " + string(run.Operation)}
	}
	asked := request{Operation: run.Operation, Life: p.lives.Acquired}
	if run.Operation == sdk.OpRenew {
		asked.Life = p.lives.Renewed
	}
	if err := json.Unmarshal(run.Config, &asked.Config); err != nil {
		return sdk.Result{}, fmt.Errorf("the configuration is no object: %w", err)
	}
	got := answer{Token: "simulated", Life: asked.Life} // of a plugin that needs no exchange
	for range calls {
		var err error
		if got, err = p.exchange(ctx, run, asked); err != nil {
			return sdk.Result{}, err
		}
	}
	return p.result(run.Operation, got)
}

// exchange makes one exchange by way of the host.
func (p *plugin) exchange(ctx context.Context, run sdk.Run, asked request) (got answer, err error) {
	body, err := json.Marshal(asked)
	if err != nil {
		return got, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.endpoint(asked.Config), bytes.NewReader(body))
	if err != nil {
		return got, errNoEndpoint
	}
	resp, err := run.Transport.RoundTrip(req)
	if err != nil {
		return got, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return got, &sdk.Failure{Class: sdk.Unavailable, Text: fmt.Sprintf("the vendor answered HTTP %d", resp.StatusCode)}
	}
	return got, json.NewDecoder(resp.Body).Decode(&got)
}

// endpoint is a URL to which exchanges may go.
func (p *plugin) endpoint(config map[string]json.RawMessage) string {
	for _, arg := range p.is.Config.Attributes {
		var url string
		if arg.Endpoint && json.Unmarshal(config[arg.Name], &url) == nil && url != "" {
			return url
		}
	}
	return "::" // no request can be made of it
}

// result is what a plugin makes of an answer.
func (p *plugin) result(op sdk.Operation, got answer) (sdk.Result, error) {
	if op == sdk.OpRevoke {
		return sdk.Result{}, nil
	}
	r := sdk.Result{Life: got.Life, Eternal: got.Life == sdk.Forever, Renewable: p.lives.Renewable}
	if op == sdk.OpRenew && p.is.Token.Sliding {
		return r, nil // the same token lives on
	}
	value, err := sample(p.is.Credential)
	if err != nil {
		return sdk.Result{}, err
	}
	value["token"] = got.Token
	r.Value, err = json.Marshal(value)
	return r, err
}
