package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client/launch"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	goplugin "github.com/hashicorp/go-plugin"
)

// graceTime is how long a plugin may take to end by itself. It does nothing then but end: its state, if it has any, is the host's.
const graceTime = 3 * time.Second

// errNoServer answers a question that go-plugin asks of plugins only.
var errNoServer = errors.New("a host is no server")

// Process is a running plugin. Its methods may be called from many goroutines at the same time, Close too.
type Process struct {
	binary      Binary
	options     Options
	tail        *tail
	dir         string // its own, with its socket
	runner      *runner
	dialer      *dialer
	sandbox     *sandbox
	attached    *attached // a plugin that a developer started; nil: dir, runner, dialer, client and patrol are of one that we started
	patrol      *patrol
	client      *goplugin.Client
	rpc         pluginpb.VendorClient
	description sdk.Description

	grace    time.Duration // graceTime, but for tests
	closing  sync.Once
	closeErr error
}

// Describe says what the plugin is: what it answered when it was started, without asking again. The caller must not change what the
// description's slices hold.
func (p *Process) Describe(context.Context) (sdk.Description, error) { return p.description, nil }

// Check asks the plugin what is wrong with a whole configuration beyond the schema's rules. A plugin that says it checks nothing is not
// asked. The texts of the problems are redacted.
func (p *Process) Check(ctx context.Context, config json.RawMessage) ([]sdk.Problem, error) {
	if !p.description.Checks {
		return nil, nil
	}
	p.patrol.begin()
	limited, cancel := context.WithTimeout(ctx, p.options.CallTimeout)
	defer cancel()
	out, err := p.rpc.Check(limited, &pluginpb.CheckRequest{Config: config})
	if err != nil {
		return nil, p.callFault(ctx, "the check of a configuration", err)
	}
	problems := wire.ProblemsFromProto(out)
	for i := range problems {
		problems[i].Summary = p.options.Redact(problems[i].Summary)
		problems[i].Detail = p.options.Redact(problems[i].Detail)
	}
	return problems, nil
}

// Held tells what holds the plugin: which layers of its sandbox the kernel laid, and which are missing and why.
func (p *Process) Held() launch.Report { return p.sandbox.held }

// Done is closed when the process has ended, by itself or by Close. Every call fails from then on; a new Start makes a new Process.
func (p *Process) Done() <-chan struct{} {
	if p.attached != nil {
		return p.attached.ended
	}
	return p.runner.started().exited
}

// Close ends the process, unless a developer started it, and removes its folder. It lets the plugin end by itself for three seconds and kills it then, with all that it
// started; it never hangs. Operations under way fail. Later calls do nothing more, and return what the first returned: nil, or why the
// folder could not be removed.
func (p *Process) Close() error {
	p.closing.Do(func() {
		if p.attached != nil {
			p.closeErr = p.attached.close()
			return
		}
		if c := p.runner.started(); c != nil {
			if c.stop(p.grace) && p.options.Log != nil {
				p.options.Log.Warn("plugin did not stop and was killed", "vendor", p.binary.Vendor)
			}
			p.drained()
			c.release()
		}
		// What go-plugin still holds (the connection, its goroutines) ends at once now; should it not, that must not keep us.
		ended := make(chan struct{})
		go func() { p.client.Kill(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(killTime):
		}
		if err := os.RemoveAll(p.dir); err != nil {
			p.closeErr = fmt.Errorf("remove the folder of plugin %s: %w", p.binary.Vendor, err)
		}
	})
	return p.closeErr
}

// guard watches the processor time of a process that was just started until it ends.
func (p *Process) guard(c *child) {
	p.patrol = &patrol{most: maxTime, used: func() (time.Duration, bool) {
		if c.gone() {
			return 0, false
		}
		return processorTime(c.pid())
	}}
	go func() {
		ticker := time.NewTicker(patrolTime)
		defer ticker.Stop()
		p.patrol.walk(ticker.C, c.exited, c.kill)
	}()
}

// kill ends the process at once, where there is one.
func (p *Process) kill() {
	if c := p.runner.started(); c != nil {
		c.kill()
	}
}

// drained waits until everything that a plugin wrote before its end is read, at most a second: something that it started, and that
// escaped its group, may hold the pipe open.
func (p *Process) drained() {
	select {
	case <-p.tail.ended:
	case <-time.After(killTime):
	}
}
