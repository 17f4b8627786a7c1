package runtime

import (
	"context"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// Exchange is a row of the ledger: one vendor call.
type Exchange struct {
	At         time.Time
	Address    string // of the auth block
	Operation  string // acquire, renew or revoke
	Outcome    string // "ok" or a class of failure; empty: it was sent, or about to be, and nothing is known of it
	Status     int    // HTTP status; 0: no answer
	Took       time.Duration
	Generation uint64 // of the value that it brought; 0: none
	Process    string // that made it: "host pid"
}

// History gives the vendor calls of the flow's blocks that the ledger still has, the oldest first: of those that the addresses name, or of all.
// It calls no vendor and writes nothing. The error is [Diagnostics] for mistakes in the flow as a whole and a store that does not work.
func (f *Flow) History(ctx context.Context, addresses ...string) ([]Exchange, error) {
	f = f.fork()
	a := f.applying(ApplyOptions{Targets: addresses}, nil)
	if err := a.check(ctx); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx, false); err != nil {
		return nil, err
	}
	accounts := map[string]map[string]bool{} // by address: those that it has, or had; none known: any
	for _, i := range a.graph.Order() {
		if i >= len(a.instances) || !a.isWanted(i) {
			continue
		}
		address := a.instances[i].Addr.String()
		b, look, problem := a.look(ctx, a.instances[i], i)
		if look.Alive {
			// What it depends on must be known to find the account; where it is not, its rows are found by the address.
			_ = a.known(ctx, i, b)
		}
		if len(addresses) > 0 && !a.chosen[i] {
			continue
		}
		accounts[address] = map[string]bool{}
		if used, ok := a.used[address]; ok {
			accounts[address][used.Key.Account] = true
		}
		if problem == "" && look.Key.Account != "" {
			accounts[address][look.Key.Account] = true
		}
	}
	rows, err := a.keeping.store.Exchanges(ctx, store.Query{})
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(e store.Exchange) bool {
		of, ok := accounts[e.Address]
		return !ok || len(of) > 0 && !of[e.Key.Account]
	})
	return exchanges(rows), nil
}

func exchanges(rows []store.Exchange) []Exchange {
	var all []Exchange
	for _, e := range rows {
		all = append(all, Exchange{At: e.At, Address: e.Address, Operation: e.Operation, Outcome: e.Outcome, Status: e.Status, Took: e.Took,
			Generation: e.Generation, Process: e.Process})
	}
	return all
}
