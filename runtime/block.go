package runtime

import (
	"context"
	"net/http"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// blockOf makes of an evaluated configuration what the keeper needs to know.
func (a *apply) blockOf(i int, c eval.Config) credential.Block {
	instance := a.instances[i]
	vendor := instance.Addr.Vendor
	address := instance.Addr.String()
	schema := a.flow.schemas[vendor]
	schema.Limits, schema.Token = c.Limits, c.Token // as the flow has made them
	b := credential.Block{
		Address: address, Schema: schema,
		Config: c.JSON, Account: c.Account, Set: c.Set, Sensitive: c.Sensitive, Endpoints: c.Endpoints,
		RenewBefore: credential.RenewBefore{Duration: c.RenewBefore.Duration, Percent: c.RenewBefore.Percent},
		Retry:       credential.Retry{MinDelay: c.Retry.MinDelay, MaxDelay: c.Retry.MaxDelay},
		Timeout:     c.Network.Timeout, Forced: a.forced[i], MinLife: a.opts.MinLife,
		Flow: a.flow.path, Unknown: c.Unknown, Offline: a.opts.Offline,
		Refers: func() []string { return a.flow.scope.Referred(instance.Addr) },
		Plugin: func(ctx context.Context) (sdk.Plugin, error) {
			return a.flow.locked().plugins.Plugin(ctx, vendor)
		},
		Transport: func() (http.RoundTripper, error) { return a.transport(c.Network) },
		Waiting: func(reason string, until time.Time) {
			a.emit(AuthWait{Address: address, Reason: a.flow.rt.secrets.String(reason), Until: until})
		},
	}
	if h := a.flow.rt.rehearsal; h != nil {
		h.cast(&b)
	}
	if a.chosen != nil && a.chosen[i] {
		b.Refused = a.opts.Refused
	}
	b.Warn = func(found []sdk.Problem) { a.tell(problems(a.flow.scope, a.instances[i], found)) }
	if c.Retry.AttemptsSet {
		b.Retry.Attempts = c.Retry.Attempts
	}
	if a.opts.MaxCalls > 0 {
		b.Allow = a.allow
	}
	if t := a.opts.Trace; t != nil {
		traced := b
		b.Tell = func(told credential.Told) { a.flow.rt.tell(t, traced, told) }
	}
	if used, ok := a.used[address]; ok {
		b.Used = &used
	}
	return b
}

// allow lets one more call through, if the run may make it. takeBack is for one that never left the host.
func (a *apply) allow() (takeBack func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.calls >= a.opts.MaxCalls {
		return nil, credential.TooMany(a.opts.MaxCalls)
	}
	a.calls++
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.calls--
	}, nil
}

// transport is what sends the exchanges of blocks with these network settings; blocks with equal ones share it.
func (a *apply) transport(n eval.Network) (http.RoundTripper, error) {
	if t := a.flow.rt.opts.Transport; t != nil {
		return t, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.transports[n]; t != nil {
		return t, nil
	}
	t, err := exchange.NewTransport(exchange.Network{CAFile: n.CAFile, CertFile: n.CertFile, KeyFile: n.KeyFile, PinSHA256: n.PinSHA256,
		Proxy: n.Proxy}, a.flow.rt.opts.Env)
	if err != nil {
		return nil, &credential.Failed{Class: ClassInvalidConfig, Text: sentence(err), Path: []string{"network"}, Err: err}
	}
	a.transports[n] = t
	return t, nil
}

// usedBy reads which record each address of the flow used last.
func usedBy(ctx context.Context, s store.Store, flow string) (map[string]store.Use, error) {
	uses, err := s.Uses(ctx, flow)
	if err != nil {
		return nil, err
	}
	byAddress := make(map[string]store.Use, len(uses))
	for _, u := range uses {
		byAddress[u.Address] = u
	}
	return byAddress, nil
}
