package runtime_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/plugins/sipauth"
	authrun "github.com/authrun/authrun/runtime"
)

// indoors brings the five vendors into the process, plugins and servers, so that months pass in seconds. Each server has an address of its own.
func (s *stage) indoors() {
	s.options.PluginDirs = nil
	s.options.Vendors = []authrun.Vendor{sipauth.Vendor, easemob.Vendor, ippbx.Vendor, ekuaibao.Vendor, lingju.Vendor}
	servers := map[string]http.Handler{"sipauth": s.sipauth, "easemob": s.easemob, "ippbx": s.ippbx, "ekuaibao": s.ekuaibao, "lingju": s.lingju}
	s.options.Transport = transport(func(r *http.Request) (*http.Response, error) {
		answer := httptest.NewRecorder()
		vendor, _, _ := strings.Cut(r.URL.Hostname(), ".")
		servers[vendor].ServeHTTP(answer, r)
		return answer.Result(), nil
	})
	s.vars = nil
	for vendor := range servers {
		s.vars = append(s.vars, vendor+"=http://"+vendor+".invalid")
	}
}

// early is a flow whose credentials are all renewed at a time that is known to the second, so that calls can be counted beforehand.
func early(flow string, windows map[string]string) string {
	for vendor, window := range windows {
		head := fmt.Sprintf("auth %q \"a\" {\n", vendor)
		flow = strings.Replace(flow, head, head+fmt.Sprintf("  lifecycle {\n    renew_before = %q\n  }\n", window), 1)
	}
	return flow
}

// block is the auth block of a vendor.
func block(flow, vendor string) string {
	text := flow[strings.Index(flow, fmt.Sprintf("auth %q", vendor)):]
	return text[:strings.Index(text, "\n}\n")+3]
}

// alone is a flow without outputs, whose blocks need nothing of each other.
func alone(flow string) string {
	return strings.ReplaceAll(flow[:strings.Index(flow, "output")], "  depends_on    = [auth.ippbx.a]\n", "")
}

// TestMonthsOfEachVendor keeps the five vendors' credentials alive for months, with the vendors' own code and servers that live on the clock of the
// test, and counts what each is asked: as often as the lives of its own tokens demand, and not once more.
func TestMonthsOfEachVendor(t *testing.T) {
	s := newStage(t)
	s.indoors()
	windows := map[string]string{"sipauth": "1h", "easemob": "1d", "ippbx": "3m", "ekuaibao": "12m", "lingju": "2d"}
	flow := early(all, windows)
	pbx := block(flow, "ippbx")
	_, summary := s.keeps(s.write(alone(strings.Replace(flow, pbx, "", 1))), 31*day+time.Minute, nil)
	s.vars = []string{"ippbx=http://ippbx.invalid"}
	_, week := s.keeps(s.write("variable \"ippbx\" {\n  type = string\n}\n"+pbx), 7*day+time.Minute, nil) // of which a month takes long to test
	for _, c := range []struct {
		vendor      string
		calls, want int
		why         string
	}{
		{"sipauth", s.sipauth.Calls(), 1 + 31*24/11, "12 h of life, a new one each 11 h"},
		{"easemob", s.easemob.Calls(), 1, "60 days of life, which outlive the month"},
		{"ippbx", s.ippbx.Calls(), 1 + 7*24*60/27, "30 min of life, a heartbeat each 27 min"},
		{"ekuaibao", s.ekuaibao.Calls(), 1 + 1, "2 h of life, then a pair of 32 days, which outlives the month"},
		{"lingju", s.lingju.Calls(), 1 + 1, "30 days of life, a new one after 28"},
	} {
		if c.calls != c.want {
			t.Errorf("%s was called %d times, want %d: %s", c.vendor, c.calls, c.want, c.why)
		}
	}
	if summary.Failed+week.Failed > 0 || summary.VendorCalls+week.VendorCalls != s.calls() {
		t.Errorf("%+v, and the vendors count %d", summary, s.calls())
	}
	s.strict()
}

// TestAYearOfTheSlow keeps what lives long for a year: the device that may ask ten times a month asks once, and twice where a month has two turns.
func TestAYearOfTheSlow(t *testing.T) {
	s := newStage(t)
	s.indoors()
	s.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	flow := early(all, map[string]string{"easemob": "1d", "ekuaibao": "12m", "lingju": "2d"})
	for _, fast := range []string{"sipauth", "ippbx"} {
		flow = strings.Replace(flow, block(flow, fast), "", 1)
	}
	_, summary := s.keeps(s.write(alone(flow)), 365*day, nil)
	// Easemob: 365 / 59 days. Ekuaibao: a first pair of two hours, then 365 / 32 days less 12 min. Lingju: 365 / 28 days.
	if s.easemob.Calls() != 1+6 || s.ekuaibao.Calls() != 1+1+11 || s.lingju.Calls() != 1+13 || summary.Failed > 0 {
		t.Errorf("easemob %d, ekuaibao %d, lingju %d calls; %+v", s.easemob.Calls(), s.ekuaibao.Calls(), s.lingju.Calls(), summary)
	}
	s.strict()
}

// chain is three credentials of which each is made with the one before.
const chain = `
auth "clerk" "gate" {
  url  = "http://clerk.invalid"
  user = "gate"
  key  = "k"
  life = "6h"
  lifecycle {
    renew_before = "1h"
  }
}
auth "clerk" "hall" {
  url    = "http://clerk.invalid"
  user   = "hall"
  key    = "k"
  parent = auth.clerk.gate.token
  life   = "2d"
  lifecycle {
    renew_before = "6h"
  }
}
auth "clerk" "desk" {
  url    = "http://clerk.invalid"
  user   = "desk"
  key    = "k"
  parent = auth.clerk.hall.token
  life   = "7d"
  lifecycle {
    renew_before = "1d"
  }
}
`

// TestChain keeps a chain of three for thirty days: each is fetched by its own life only, however often those before it change (vault#6837 turned
// round: a renewed parent is no reason to fetch the child).
func TestChain(t *testing.T) {
	s := newStage(t)
	var o office
	s.options.PluginDirs, s.options.Vendors, s.options.Transport = nil, []authrun.Vendor{clerk()}, &o
	s.vars = nil
	path := s.write(chain)
	_, summary := s.keeps(path, 30*day+time.Minute, nil)
	for user, want := range map[string]int{"gate": 1 + 30*24/5, "hall": 1 + 30*24/42, "desk": 1 + 30/6} {
		if o.asked[user] != want {
			t.Errorf("%s was fetched %d times, want %d", user, o.asked[user], want)
		}
	}
	if summary.Failed+summary.Skipped > 0 || summary.VendorCalls != o.calls() {
		t.Errorf("%+v, and the vendor counts %d", summary, o.calls())
	}
}
