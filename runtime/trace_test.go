package runtime_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/plugins/sipauth"
	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/plugin"
	"github.com/authrun/authrun/sdk/sdktest/conformance"
	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// lines is a writer that takes whole lines only.
type lines struct {
	t  *testing.T
	mu sync.Mutex
	bytes.Buffer
}

// Write takes some.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !bytes.HasSuffix(p, []byte("\n")) {
		l.t.Errorf("half a line: %q", p)
	}
	return l.Buffer.Write(p)
}

// traceOfThreeHours keeps the flow of five vendors for three hours, in which one vendor misbehaves for a while, and gives its trace.
func traceOfThreeHours(t *testing.T, s *stage) string {
	t.Helper()
	to := &lines{t: t}
	trace := authrun.NewTrace(to)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	end := s.clock().Add(3 * time.Hour)
	s.options.Sleep = func(ctx context.Context, d time.Duration) error {
		s.pass(d)
		if s.clock().After(end) {
			cancel()
		}
		return ctx.Err()
	}
	s.easemob.Misbehave(fakevendor.Misbehaviour{Status: 503, Body: "<html>easemob-client-secret", Times: 2})
	s.ippbx.Misbehave(fakevendor.Misbehaviour{Reset: true, Times: 1})
	s.run(s.write(all), func(f *authrun.Flow) {
		if _, err := f.Keep(ctx, authrun.ApplyOptions{Trace: trace}, nil); err != nil {
			t.Error(err)
		}
	})
	if err := trace.Err(); err != nil {
		t.Error(err)
	}
	return to.String()
}

// A trace of a keeper holds every call and no secret, and each vendor's plugin does by it what it did then.
func TestTraceOfKeep(t *testing.T) {
	s := newStage(t)
	text := traceOfThreeHours(t, s)
	if calls := strings.Count(text, `{"request":`); calls != s.calls() {
		t.Errorf("%d exchanges are traced, and %d calls were made", calls, s.calls())
	}
	if heads := strings.Count(text, `"recorded_by"`); heads != 1 {
		t.Errorf("it has %d heads", heads)
	}
	sum := md5.Sum([]byte("pbx-password"))
	for _, secret := range []string{"sip-access-key", "easemob-client-secret", "pbx-password", hex.EncodeToString(sum[:]), "ek-app-security", "lingju-app-key", "YWMt", "ID01"} {
		if strings.Contains(text, secret) {
			t.Errorf("it holds %q", secret)
		}
	}
	for _, shown := range []string{`"operation":"renew"`, `"class":"unavailable"`, `"lost":"unavailable"`, `"same":true`, `"grant_type":"client_credentials"`} {
		if !strings.Contains(text, shown) {
			t.Errorf("it does not show %s", shown)
		}
	}
	vendors := map[string]plugin.Vendor{"sipauth": sipauth.Vendor, "easemob": easemob.Vendor, "ippbx": ippbx.Vendor, "ekuaibao": ekuaibao.Vendor, "lingju": lingju.Vendor}
	for name, v := range maps.All(vendors) {
		t.Run(name, func(t *testing.T) {
			played, err := script.Read([]byte(text), name)
			if err != nil || len(played.Good) == 0 {
				t.Fatalf("read %d good cases, %v", len(played.Good), err)
			}
			report := conformance.Run(t.Context(), conformance.Subject{Start: inside(v)}, &played)
			for _, r := range report.Results {
				for _, f := range r.Findings {
					t.Errorf("%s: %s", r.Check, f.Problem)
				}
			}
		})
	}
}

// inside starts a vendor in this process in the place of a plugin.
func inside(v plugin.Vendor) func(context.Context, client.Options) (conformance.Process, error) {
	return func(context.Context, client.Options) (conformance.Process, error) {
		p, err := v.Plugin()
		return &insideProcess{Plugin: p, done: make(chan struct{})}, err
	}
}

type insideProcess struct {
	sdk.Plugin
	once sync.Once
	done chan struct{}
}

func (p *insideProcess) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *insideProcess) Done() <-chan struct{} { return p.done }

// fullDisk takes one line and no more.
type fullDisk struct{ bytes.Buffer }

// Write fails from the second time on.
func (d *fullDisk) Write(p []byte) (int, error) {
	if d.Len() > 0 {
		return 0, errors.New("no space left on device")
	}
	return d.Buffer.Write(p)
}

// That a trace cannot be written fails no credential, and is told.
func TestTraceThatCannotBeWritten(t *testing.T) {
	s := newStage(t)
	disk := &fullDisk{}
	trace := authrun.NewTrace(disk)
	r := s.apply(s.write(all), authrun.ApplyOptions{Trace: trace})
	if r.err != nil || r.summary.Acquired != 5 {
		t.Errorf("got %+v, %v", r.summary, r.err)
	}
	if err := trace.Err(); err == nil || err.Error() != "the trace could not be written: no space left on device" {
		t.Errorf("the trace says %v", err)
	}
	if n := strings.Count(disk.String(), "\n"); n != 2 {
		t.Errorf("%d lines were written, want the head and an operation", n)
	}
}

// What a run of its own ends is told as unfinished, and is nothing to play.
func TestTraceOfALimit(t *testing.T) {
	s := newStage(t)
	to := &lines{t: t}
	s.ekuaibao.Misbehave(fakevendor.Misbehaviour{Status: 503, Times: 1})
	r := s.apply(s.write(all), authrun.ApplyOptions{Trace: authrun.NewTrace(to), Targets: []string{"auth.ekuaibao.a"}, MaxCalls: 1})
	if r.summary.VendorCalls != 1 || !strings.Contains(to.String(), `"unfinished":`) {
		t.Errorf("%d calls, and the trace is\n%s", r.summary.VendorCalls, to)
	}
	if played, err := script.Read(to.Bytes(), "ekuaibao"); err != nil || len(played.Refused) != 1 || len(played.Good) != 0 {
		t.Errorf("read %+v, %v", played, err)
	}
}
