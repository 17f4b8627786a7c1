package runtime

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/internal/seal"
)

const (
	// keyCommandTimeout is how long a command may take that prints a key. A person may have to unlock something meanwhile.
	keyCommandTimeout = time.Minute
	// keyCommandRest is how long what it left running may hold its output open.
	keyCommandRest = time.Second
	// keyCommandMost is how much of what it prints is read: no ring of keys is larger.
	keyCommandMost = 16 << 10
)

// keysPrinted runs the command line that prints the keys, by the shell of the system. What it prints stands in no error; what it complains of does,
// without the secrets that are known.
func (r *Runtime) keysPrinted(ctx context.Context, from keySource) (seal.Ring, error) {
	ctx, cancel := context.WithTimeout(ctx, from.limit)
	defer cancel()
	cmd := shell(ctx, from.command)
	cmd.Env = []string{} // not nil, which would be this process's own
	if r.opts.Environ != nil {
		cmd.Env = append(cmd.Env, r.opts.Environ()...)
	}
	var printed, complained atMost
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &printed, &complained, keyCommandRest
	err := cmd.Run()
	text := string(printed.text)
	r.hideKeys(text)
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it ended well, and something that it started still runs
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return seal.Ring{}, fmt.Errorf("%s did not end within %s%s", from.name, from.limit, r.complaint(string(complained.text)))
	case ctx.Err() != nil:
		return seal.Ring{}, fmt.Errorf("%s was interrupted: %w", from.name, ctx.Err())
	default:
		return seal.Ring{}, fmt.Errorf("%s failed (%w)%s", from.name, err, r.complaint(string(complained.text)))
	}
	ring, err := seal.ParseContent(text)
	if err != nil {
		return ring, fmt.Errorf("what %s printed: %w%s", from.name, err, r.complaint(string(complained.text)))
	}
	return ring, nil
}

// complaint is the last of what a command wrote to its standard error, in one line.
func (r *Runtime) complaint(text string) string {
	text = strings.Join(strings.Fields(r.secrets.String(text)), " ")
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
	const most = 300
	if runes := []rune(text); len(runes) > most {
		text = "..." + string(runes[len(runes)-most:])
	}
	if text == "" {
		return ""
	}
	return "; it said: " + text
}

// atMost keeps the beginning of what is written to it.
type atMost struct{ text []byte }

// Write takes everything, and forgets what is too much.
func (a *atMost) Write(p []byte) (int, error) {
	a.text = append(a.text, p[:min(keyCommandMost-len(a.text), len(p))]...)
	return len(p), nil
}
