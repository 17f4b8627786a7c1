package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// cancellation cancels every exchange of the sound cases while the vendor keeps silent. In the process that must end the call; in this
// process it can be seen that it ends the operation, too.
func (s *suite) cancellation(ctx context.Context) {
	if len(s.sound) == 0 {
		s.nothingSound()
	}
	for _, c := range s.sound {
		for at := range c.Exchanges {
			c := c
			c.Name = fmt.Sprintf("%s, cancelled in exchange %d", c.Name, at+1)
			s.cancelAt(ctx, s.process, "process", c, at)
			if s.inside != nil {
				s.cancelAt(ctx, s.inside, "operation", c, at)
			}
		}
	}
}

// cancelAt cancels one exchange of a case.
func (s *suite) cancelAt(ctx context.Context, p sdk.Plugin, place string, c script.Case, at int) {
	if s.hung {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan outcome, 1)
	side := s.aside()
	side.limit = max(s.limit, 2*s.patience) // what is cancelled has a limit of its own here
	reached := make(chan struct{})
	go func() {
		ended <- side.perform(ctx, p, c, func(n int, req *http.Request, _ script.Exchange) (*http.Response, error) {
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
		s.add(mendRequest, "%s: it ended before that exchange: %v", c.Name, o.err)
		return
	case <-limit.C:
		s.add(mendHang, "%s: it did not come to that exchange within %v", c.Name, s.patience)
		return
	}
	select {
	case o := <-ended:
		s.join(side)
		if !errors.Is(o.err, context.Canceled) {
			s.add(mendCancel, "%s: the %s ended with %v, want the context's error", c.Name, place, o.err)
		}
		if o.made > at+1 {
			s.add(mendCancel, "%s: it asked for another exchange after that", c.Name)
		}
	case <-limit.C:
		s.add(mendCancel, "%s: the %s did not end within %v", c.Name, place, s.patience)
	}
}

// many runs the first sound case several times at once. Operations share nothing.
func (s *suite) many(ctx context.Context) {
	if len(s.sound) == 0 {
		s.nothingSound()
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
		s.join(sides[i])
		if f := failureOf(o.err); f != nil {
			s.add(mendShared, "%s, %d at once: it failed: %v", c.Name, atOnce, f)
		} else if o.err == nil {
			for _, text := range differences(plain.result, o.result) {
				s.add(mendShared, "%s, %d at once: %s", c.Name, atOnce, text)
			}
		}
	}
}
