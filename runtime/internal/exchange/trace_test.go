package exchange

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// traces collects what a Tracer is told.
type traces struct{ all []Trace }

func (t *traces) Trace(one Trace) { t.all = append(t.all, one) }

// ticking is a clock that gains a second whenever somebody looks at it.
func ticking() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

func TestTrace(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	told := &traces{}
	c, _ := chainTo(t, server.URL, func(o *Options) { o.Tracer, o.Now = told, ticking() })
	if _, _, err := get(t, c, server.URL+secretPath); err != nil {
		t.Fatal(err)
	}
	if len(told.all) != 1 {
		t.Fatalf("%d traces, want 1", len(told.all))
	}
	one := told.all[0]
	if !one.Began.Before(one.Connected) || !one.Connected.Before(one.Asked) && !one.Asked.IsZero() || !one.Connected.Before(one.Answered) {
		t.Errorf("the instants are not in their order: %+v", one)
	}
	if !c.LastSent().Equal(one.Connected) {
		t.Errorf("sent at %s, want %s", c.LastSent(), one.Connected)
	}
	one.Began, one.Connected, one.Asked, one.Answered = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if d := cmp.Diff(Trace{Method: "GET", Origin: server.URL, Status: 404}, one); d != "" {
		t.Errorf("trace (-want +got):\n%s", d)
	}
}

func TestTraceOfWhatDidNotLeave(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	told := &traces{}
	c, _ := chainTo(t, gone.URL, func(o *Options) { o.Tracer = told })
	if _, _, err := get(t, c, gone.URL); err == nil {
		t.Fatal("there is an answer")
	}
	if len(told.all) != 1 || !told.all[0].Connected.IsZero() || told.all[0].Status != 0 {
		t.Errorf("traces %+v, want one without a connection", told.all)
	}
}
