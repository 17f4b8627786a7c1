package credential

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/store"
)

// ledger writes the exchanges of one try of an operation. A row is durable before its request leaves; what came of it is kept here until
// the try ends, and then stored in one transaction with the credential that the try brought.
type ledger struct {
	keeper    *Keeper
	row       store.Exchange // what is the same for all its rows
	gate      gate
	interrupt context.Context
	waiting   func(reason string, until time.Time) // nil: nobody wants to know

	allow func() (takeBack func(), err error) // nil: all is allowed
	until time.Time                           // when what the try renews is dead by itself; zero: it renews nothing

	mu       sync.Mutex
	begun    map[int64]time.Time // when, by ID
	takeBack func()              // of the last exchange
	outcomes []store.Outcome
	unsent   []int64
	failed   error // why nothing was sent, when it was our own doing
}

// Begin writes a row, unless the run was interrupted or a limit forbids the exchange. It waits for what can be waited for.
func (l *ledger) Begin(ctx context.Context) (int64, error) {
	takeBack, err := l.allowed()
	if err != nil {
		return 0, l.refuse(failedOf(err))
	}
	id, err := l.begin(ctx)
	if err != nil {
		takeBack()
	}
	return id, err
}

// allowed asks whoever counts the calls of the run. takeBack is never nil.
func (l *ledger) allowed() (takeBack func(), err error) {
	takeBack = func() {}
	if l.allow != nil {
		if takeBack, err = l.allow(); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.takeBack = takeBack
	return takeBack, nil
}

func (l *ledger) begin(ctx context.Context) (int64, error) {
	row, gate := l.row, l.gate
	gate.known, gate.ask.More = l.known, max(0, gate.ask.More-l.made())
	for {
		if l.interrupt.Err() != nil {
			return 0, l.refuse(canceled(context.Cause(l.interrupt)))
		}
		row.At = l.keeper.Now()
		row.Needed = l.needed(row.At)
		id, err := l.keeper.Store.Begin(ctx, row, gate.judge)
		if err == nil {
			l.keeper.calls.add(1)
			l.note(id, row.At)
			return id, nil
		}
		var p *pause
		if !errors.As(err, &p) {
			return 0, l.refuse(storeFailed("write the vendor call to the store before sending it", err))
		}
		if l.waiting != nil {
			l.waiting(p.Reason, p.Until)
		}
		if err := l.keeper.wait(l.interrupt, p.Wait); err != nil {
			return 0, l.refuse(canceled(cmp.Or(context.Cause(l.interrupt), err)))
		}
		gate.ask.Waited += p.Wait
	}
}

func (l *ledger) refuse(err *Failed) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
	return err
}

// made is how many exchanges the try has begun so far.
func (l *ledger) made() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.begun)
}

// known is a row with what came of it, where it is one of this try; ok is false where it never left the host.
func (l *ledger) known(e store.Exchange) (now store.Exchange, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.outcomes {
		if o.ID == e.ID {
			e.Outcome, e.Status, e.Took = o.Outcome, o.Status, o.Took
		}
	}
	return e, !slices.Contains(l.unsent, e.ID)
}

func (l *ledger) note(id int64, begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.begun == nil {
		l.begun = map[int64]time.Time{}
	}
	l.begun[id] = begun
}

// Settle keeps what came of an exchange. It took as long as it is since its row says that it began, the writing of the row included: the
// vendor's limits count from some moment in between.
func (l *ledger) Settle(_ context.Context, id int64, o exchange.Outcome) {
	now := l.keeper.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	took := max(o.Took, now.Sub(l.begun[id]))
	l.outcomes = append(l.outcomes, store.Outcome{ID: id, Outcome: o.Class, Status: o.Status, Took: took})
}

// Unsent takes an exchange back that never left the host.
func (l *ledger) Unsent(_ context.Context, id int64) {
	l.keeper.calls.add(-1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.takeBack()
	l.unsent = append(l.unsent, id)
}

// change is what the try leaves in the ledger. The last exchange gets the try's own outcome: only the plugin knows what a vendor's answer
// meant.
func (l *ledger) change(class string, generation uint64) store.Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.outcomes); n > 0 {
		l.outcomes[n-1].Outcome = class
		l.outcomes[n-1].Generation = generation
	}
	return store.Change{Outcomes: l.outcomes, Unsent: l.unsent}
}

// sent tells whether an exchange left, or may have left, this host.
func (l *ledger) sent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.outcomes) > 0
}

// own is why nothing was sent, when that was our own doing; nil otherwise.
func (l *ledger) own() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}
