package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// debugged is a plugin that its developer started under a debugger. It is connected to when it is first asked for, and again when the
// connection was lost.
type debugged struct {
	vendor  string
	at      client.Attachment
	options client.Options

	mu      sync.Mutex
	process *client.Process
	closed  bool
}

// attachments are the plugins that the environment wants attached to, by vendor.
func (r *Runtime) attachments() (map[string]*debugged, error) {
	text := r.env(client.AttachVariable)
	if text == "" {
		return nil, nil
	}
	named, err := client.ParseAttachments(text)
	if err != nil {
		return nil, fmt.Errorf("the environment variable %s cannot be used: %w", client.AttachVariable, err)
	}
	all := map[string]*debugged{}
	for vendor, at := range named {
		all[vendor] = &debugged{vendor: vendor, at: at, options: client.Options{
			HostVersion: Version, Redact: r.secrets.String, Now: r.now, RequireSandbox: r.requireSandbox(),
		}}
	}
	return all, nil
}

// withAttached gives the vendors inside the program with those that are attached to in their place.
func withAttached(builtin map[string]sdk.Plugin, attached map[string]*debugged) map[string]sdk.Plugin {
	if len(attached) == 0 {
		return builtin
	}
	all := map[string]sdk.Plugin{}
	maps.Copy(all, builtin)
	for vendor, d := range attached {
		all[vendor] = d
	}
	return all
}

// connected is the connection to the plugin, made where there is none.
func (d *debugged) connected(ctx context.Context) (*client.Process, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.New("the plugins are closed")
	}
	if p := d.process; p != nil {
		select {
		case <-p.Done():
			_ = p.Close()
		default:
			return p, nil
		}
	}
	p, err := client.Attach(ctx, d.vendor, d.at, d.options)
	if err != nil {
		return nil, err
	}
	d.process = p
	return p, nil
}

// Describe asks the plugin what it is.
func (d *debugged) Describe(ctx context.Context) (sdk.Description, error) {
	p, err := d.connected(ctx)
	if err != nil {
		return sdk.Description{}, err
	}
	return p.Describe(ctx)
}

// Check asks the plugin what is wrong with a configuration.
func (d *debugged) Check(ctx context.Context, config json.RawMessage) ([]sdk.Problem, error) {
	p, err := d.connected(ctx)
	if err != nil {
		return nil, err
	}
	return p.Check(ctx, config)
}

// Run has the plugin do an operation.
func (d *debugged) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	p, err := d.connected(ctx)
	if err != nil {
		return sdk.Result{}, err
	}
	return p.Run(ctx, run)
}

// close ends the connection, and leaves the plugin to its developer.
func (d *debugged) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.process == nil {
		return nil
	}
	return d.process.Close()
}

// attachedWarnings says of each plugin of the flow that is attached to that nothing holds it.
func (r *Runtime) attachedWarnings(model *flow.Flow) (diags hcl.Diagnostics) {
	told := map[string]bool{}
	for _, auth := range model.Auths {
		d := r.attached[auth.Vendor]
		if d == nil || told[auth.Vendor] {
			continue
		}
		told[auth.Vendor] = true
		subject := auth.Range
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Plugin is attached to", Subject: &subject,
			Detail: fmt.Sprintf("%s names process %d as the plugin of vendor %q, so no other is started. It was started by hand: it is not "+
				"verified and no sandbox holds it, and it gets this flow's secrets. Unset the variable when you are done.",
				client.AttachVariable, d.at.PID, auth.Vendor),
			Extra: eval.About{Addr: auth.Addr()}})
	}
	return diags
}
