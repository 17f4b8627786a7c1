package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/store"
)

// changes lets those events of many passes through that tell something new.
type changes struct {
	to func(Event) // nil: nobody wants to know

	mu     sync.Mutex
	states map[string]string          // by address: how its block was told to be
	said   map[string]map[string]bool // by address, "" for none: what its diagnostics said
}

func newChanges(to func(Event)) *changes {
	return &changes{to: to, states: map[string]string{}, said: map[string]map[string]bool{}}
}

// event is told everything that happens in a pass.
func (c *changes) event(ctx context.Context, a *apply, e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := e.(type) {
	case Notice:
		c.emit(e)
	case Diagnosed:
		if c.isNew(e.Diagnostic) && ctx.Err() == nil {
			c.emit(e)
		}
	case AuthDone:
		state := fmt.Sprintf("generation %d, warning %t", a.generation(e.Address), e.Warning != "")
		if c.becomes(e.Address, state) || e.Action != ActionReuse {
			c.emit(e)
		}
		if e.Warning == "" {
			c.forget(e.Address)
		}
	case AuthFailed:
		c.states[e.Address] = "failed"
		// Where a vendor is down and a limit holds us back in turn, each is told once.
		if ctx.Err() == nil && c.isNew(Diagnostic{Severity: "class", Summary: e.Class, Address: e.Address}) {
			c.emit(e)
		}
	case AuthSkipped:
		if ctx.Err() == nil && c.becomes(e.Address, "skipped") {
			c.emit(e)
		}
	}
}

// becomes notes how a block is, and tells whether that is new.
func (c *changes) becomes(address, state string) bool {
	before := c.states[address]
	c.states[address] = state
	return before != state
}

// isNew notes what a diagnostic says, and tells whether it was not said before. Times in the detail change with each try: they are no news.
func (c *changes) isNew(d Diagnostic) bool {
	said := c.said[d.Address]
	if said == nil {
		said = map[string]bool{}
		c.said[d.Address] = said
	}
	words := string(d.Severity) + " " + d.Summary
	if d.Address == "" {
		words += " " + d.Detail
	}
	before := said[words]
	said[words] = true
	return !before
}

// recovered is told that nothing is wrong with the flow as a whole any more.
func (c *changes) recovered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget("")
}

// forget makes what was said to be wrong with a block, or with "" with the flow, news again. A warning about the flow's text stays true.
func (c *changes) forget(address string) {
	for words := range c.said[address] {
		if !strings.HasPrefix(words, string(SeverityWarning)) {
			delete(c.said[address], words)
		}
	}
}

func (c *changes) emit(e Event) {
	if c.to != nil {
		c.to(e)
	}
}

// generation is that of a block that is valid in this pass.
func (a *apply) generation(address string) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	addr, err := flow.ParseAddr(address)
	if err != nil {
		return 0
	}
	i, _ := a.flow.scope.Index(addr)
	return a.valid[i].Generation
}

// isGone tells whether a record is not in the store.
func isGone(err error) bool { return errors.Is(err, store.ErrNotFound) }
