package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// endTime is how long a plugin whose connection broke is given to end, so that the error can say how it did.
const endTime = time.Second

// skewTime is how much earlier than the host a plugin may find that the time of a call is over: they have timers of their own.
const skewTime = 100 * time.Millisecond

// fault is an error of the plugin with what it wrote last.
func (p *Process) fault(problem string, err error) *Error {
	return &Error{Vendor: p.binary.Vendor, Path: p.binary.Path, Problem: problem, Stderr: p.tail.last(), Err: err}
}

// startFault is why a start failed, given what connect returned. The process may still run.
func (p *Process) startFault(ctx, limited context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("start plugin %s: %w", p.binary.Vendor, ctx.Err())
	}
	c := p.runner.started()
	var distrust *distrustError
	switch {
	case c == nil && p.sandbox.launcher != "":
		return p.fault("cannot be started: its launcher "+p.sandbox.launcher+": "+reason(err), err)
	case c == nil:
		return p.fault("cannot be started: "+p.binary.whyNot(err), err)
	case errors.As(err, &distrust):
		return p.fault("cannot be started: "+distrust.Error(), err)
	}
	problem, state := p.startProblem(limited, err)
	c.kill()
	c.await(killTime)
	p.drained()
	if state != "" {
		return p.ended(problem, state, err)
	}
	return p.fault(problem, err)
}

// reason takes the path off an error of package os: the message round it names it.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// startProblem is what the plugin did wrong when it was started, given what connect returned, and the state of a process that ended by
// itself.
func (p *Process) startProblem(limited context.Context, err error) (problem, state string) {
	var address *addressError
	var description *descriptionError
	said := p.runner.said()
	problem = said.problem(p.options.quote)
	switch {
	case problem != "":
		return problem, ""
	case limited.Err() != nil && said.String() == "":
		return fmt.Sprintf("printed no handshake within %s", p.options.StartTimeout), ""
	case limited.Err() != nil:
		return fmt.Sprintf("did not answer within %s of its start", p.options.StartTimeout), ""
	case errors.As(err, &address):
		return "offers an address that is not its own: " + p.options.quote(address.address), ""
	case errors.As(err, &description):
		return "describes itself wrongly: " + p.options.clean(description.Error()), ""
	case p.dialer.reason() != nil:
		return "cannot be connected to: " + p.dialer.reason().Error(), ""
	}
	c := p.runner.started()
	c.await(endTime)
	switch state = c.state(); {
	case state != "" && said.String() == "":
		return "ended before the handshake", state
	case state != "":
		return "ended in its first call", state
	case said.String() == "":
		return "closed its standard output before the handshake", ""
	}
	return "failed in its first call: " + p.options.clean(status.Convert(err).Message()), ""
}

// callFault is why a call failed that asked for what. Where the caller's context ended, that is why.
func (p *Process) callFault(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s := status.Convert(err)
	switch s.Code() {
	case codes.Unavailable, codes.Canceled:
		if p.attached != nil {
			return p.fault("broke the connection in "+what+": is it still being debugged?", err)
		}
		c := p.runner.started()
		if !c.await(endTime) {
			return p.fault("broke the connection in "+what, err)
		}
		p.drained()
		if state := c.state(); state != "" {
			return p.ended("ended in "+what, state, err)
		}
		if p.patrol.stopped() {
			return p.fault(fmt.Sprintf("used more than %s of processor time for %s and was killed", maxTime, what), err)
		}
		return p.fault("was killed in "+what+", since it did not stop", err)
	case codes.DeadlineExceeded:
		if d, ok := ctx.Deadline(); ok && time.Until(d) < skewTime {
			return context.DeadlineExceeded // the plugin's clock struck first
		}
		return p.fault(fmt.Sprintf("did not answer %s within %s", what, p.options.CallTimeout), err)
	case codes.ResourceExhausted:
		return p.fault("sent a message in "+what+" that is larger than 2 MiB", err)
	case codes.Unimplemented:
		return p.fault("does not know "+what, err)
	}
	return p.fault("failed in "+what+": "+p.options.clean(s.Message()), err)
}

// streamFault is why an operation ended without its last message.
func (p *Process) streamFault(ctx context.Context, what string, err error) error {
	if ctx.Err() == nil && errors.Is(err, io.EOF) {
		return p.fault("ended "+what+" without an answer", err)
	}
	return p.callFault(ctx, what, err)
}
