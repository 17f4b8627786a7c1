package sdktest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// cancellation cancels every exchange of the sound cases while the vendor keeps silent. In the process that must end the call; in this
// process it can be seen that it ends the operation, too.
func (s *suite) cancellation(ctx context.Context) {
	for _, c := range s.sound {
		for at := range c.Exchanges {
			for place, p := range map[string]sdk.Plugin{"process": s.process, "operation": s.inside} {
				where := c
				where.Name = fmt.Sprintf("%s, cancelled in exchange %d", c.Name, at+1)
				s.cancelAt(ctx, p, place, where, at)
			}
		}
	}
}

// cancelAt cancels one exchange of a case.
func (s *suite) cancelAt(ctx context.Context, p sdk.Plugin, place string, c Case, at int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan outcome, 1)
	side := s.aside()
	reached := make(chan struct{})
	go func() {
		ended <- side.perform(ctx, p, c, func(n int, req *http.Request, _ Answer) (*http.Response, error) {
			if n < at {
				return nil, nil
			}
			if n == at {
				close(reached)
			}
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
	}()
	limit := time.NewTimer(s.patience)
	defer limit.Stop()
	select {
	case <-reached:
		cancel()
	case o := <-ended:
		s.add("%s: it ended before that exchange: %v", c.Name, o.err)
		return
	case <-limit.C:
		s.add("%s: it did not come to that exchange within %v", c.Name, s.patience)
		return
	}
	select {
	case o := <-ended:
		s.found = append(s.found, side.found...)
		if !errors.Is(o.err, context.Canceled) {
			s.add("%s: the %s ended with %v, want the context's error", c.Name, place, o.err)
		}
		if o.made > at+1 {
			s.add("%s: it asked for another exchange after that", c.Name)
		}
	case <-limit.C:
		s.add("%s: the %s did not end within %v", c.Name, place, s.patience)
	}
}

// many runs the first sound case several times at once. Operations share nothing.
func (s *suite) many(ctx context.Context) {
	if len(s.sound) == 0 {
		return
	}
	c := s.sound[0]
	plain := s.perform(ctx, s.process, c, nil)
	const atOnce = 8
	sides, outcomes := make([]*suite, atOnce), make([]outcome, atOnce)
	var all sync.WaitGroup
	for i := range sides {
		sides[i] = s.aside()
		all.Go(func() { outcomes[i] = sides[i].perform(ctx, s.process, c, nil) })
	}
	all.Wait()
	for i, o := range outcomes {
		s.found = append(s.found, sides[i].found...)
		if f := failureOf(o.err); f != nil {
			s.add("%s, %d at once: it failed: %v", c.Name, atOnce, f)
		} else if diff := cmp.Diff(readable(plain.result), readable(o.result)); o.err == nil && diff != "" {
			s.add("%s, %d at once: the result is another, -alone +together\n%s", c.Name, atOnce, diff)
		}
	}
}
