package clock

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// runsName is the name under which a store keeps when each run of a machine that wrote to its ledger began, by the wall clock of the row for
// which that was the earliest. From it follows how far rows of the run may have to be moved, so that those of a window are found without reading
// all.
const runsName = "clock"

// runsMost is how many runs are kept, the latest: one of each host that shares the store is enough.
const runsMost = 32

// runs are the beginnings of runs, in nanoseconds since 1970, by the run's id.
type runs map[string]int64

// late is by how much rows of this run of the machine may seem to be begun too early.
func (s *Store) late(ctx context.Context) (time.Duration, error) {
	id, began := s.clock.run()
	if id == "" {
		return 0, nil
	}
	known, _, err := s.runs(ctx)
	if err != nil {
		return 0, err
	}
	return known.late(id, began), nil
}

func (r runs) late(id string, began time.Time) time.Duration {
	first, ok := r[id]
	if !ok {
		return 0 // on this run nobody has written any
	}
	return max(0, began.Sub(time.Unix(0, first))) + slack
}

// note is late for one who is about to write a row, and makes the store know this run of the machine. It writes once in a run, and when the clock
// was put back.
func (s *Store) note(ctx context.Context) (time.Duration, error) {
	id, began := s.clock.run()
	if id == "" {
		return 0, nil
	}
	for {
		known, old, err := s.runs(ctx)
		if err != nil {
			return 0, err
		}
		if first, ok := known[id]; ok && began.UnixNano() > first-int64(slack) {
			return known.late(id, began), nil
		}
		known[id] = began.UnixNano()
		for len(known) > runsMost {
			earlier := func(a, b string) int { return cmp.Compare(known[a], known[b]) }
			delete(known, slices.MinFunc(slices.Collect(maps.Keys(known)), earlier))
		}
		text, err := json.Marshal(known)
		if err != nil {
			return 0, err
		}
		if err := s.Store.SwapValue(ctx, runsName, old, text); !errors.Is(err, store.ErrConflict) {
			return known.late(id, began), err
		}
	}
}

// runs reads them, and the value that they stand in.
func (s *Store) runs(ctx context.Context) (known runs, value []byte, err error) {
	value, err = s.Value(ctx, runsName)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return runs{}, nil, nil
	case err != nil:
		return nil, nil, err
	}
	if err := json.Unmarshal(value, &known); err != nil || known == nil {
		return nil, nil, fmt.Errorf("%w: what it says of the clock", store.ErrCorrupt)
	}
	return known, value, nil
}
