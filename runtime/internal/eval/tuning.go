package eval

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"
)

// RenewBefore is how long before its end a credential is renewed: a Duration, or a Percent of its life where that is not 0.
type RenewBefore struct {
	Set      bool // the flow says so; else the default holds
	Duration time.Duration
	Percent  float64
}

// Retry is how one run tries again.
type Retry struct {
	Attempts    int // tries in all
	AttemptsSet bool
	MinDelay    time.Duration
	MaxDelay    time.Duration
}

// Network is how exchanges reach the vendor. Paths are absolute; empty: not set.
type Network struct {
	Timeout   time.Duration // of one exchange
	CAFile    string
	CertFile  string
	KeyFile   string
	PinSHA256 string // lower-case hex digits of a certificate's hash
	Proxy     string // "none", a URL, or empty: the environment says
}

// The tuning where neither the block nor the flow says another.
const (
	defaultAttempts = 4
	defaultMinDelay = 500 * time.Millisecond
	defaultMaxDelay = 10 * time.Second
	defaultTimeout  = 10 * time.Second
)

// tuning evaluates what of an auth block is the runtime's. Known is false where a limit hangs on what is not known yet.
func (s *Scope) tuning(c *Config, i Instance, p place) (known bool, diags hcl.Diagnostics) {
	t := tuner{s: s, p: p, c: c}
	c.Retry = Retry{Attempts: defaultAttempts, MinDelay: defaultMinDelay, MaxDelay: defaultMaxDelay}
	c.Network = Network{Timeout: defaultTimeout}
	defaults := tuner{s: s, p: place{only: noAuth}, c: c, silent: true} // Validate tells what is wrong with the flow's own settings
	defaults.retry(s.flow.Settings.Retry)
	defaults.network(s.flow.Settings.Network)
	t.retry(i.Auth.Retry)
	t.network(i.Auth.Network)
	t.renewBefore(i.Auth.RenewBefore)
	known = t.limits(i.Auth)
	if c.Retry.MinDelay > c.Retry.MaxDelay && i.Auth.Retry != nil && !t.diags.HasErrors() {
		t.fail(i.Auth.Retry.Range, "Contradicting arguments", fmt.Sprintf("min_delay (%s) is longer than max_delay (%s).", c.Retry.MinDelay, c.Retry.MaxDelay))
	}
	return known, t.diags
}

// defaults checks the flow's own tuning, which holds for all blocks.
func (s *Scope) defaults() hcl.Diagnostics {
	t := tuner{s: s, p: place{only: noAuth}, c: &Config{}}
	t.retry(s.flow.Settings.Retry)
	t.network(s.flow.Settings.Network)
	return t.diags
}

// tuner evaluates blocks of tuning into a Config.
type tuner struct {
	s      *Scope
	p      place
	c      *Config
	silent bool
	diags  hcl.Diagnostics

	unknown bool // something that was asked for is not known yet
}

func (t *tuner) fail(at hcl.Range, summary, detail string) {
	t.diags = append(t.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: at.Ptr()})
}

// decisive are the arguments that say when and how often a vendor is called.
var decisive = []string{"renew_before", "count", "attempts", "min_delay", "max_delay"}

// get evaluates an optional argument; ok is false where it is not set, not known or wrong.
func (t *tuner) get(e hcl.Expression, ty cty.Type, name string) (v cty.Value, ok bool) {
	if e == nil {
		return v, false
	}
	v, diags := t.s.typed(e, ty, name, t.p)
	if !t.silent {
		t.diags = append(t.diags, diags...)
	}
	if t.s.supposing && !v.IsKnown() && !diags.HasErrors() && slices.Contains(decisive, name) {
		t.diags = append(t.diags, t.s.needed(e, name))
	}
	v, marks := mark.Take(v)
	if marks.Sensitive() && v.IsWhollyKnown() {
		t.c.Secrets = append(t.c.Secrets, texts(v)...)
	}
	t.unknown = t.unknown || !v.IsWhollyKnown()
	return v, !diags.HasErrors() && v.IsWhollyKnown() && !v.IsNull()
}

func (t *tuner) wrong(e hcl.Expression, name, problem string) {
	if !t.silent {
		d := t.s.wrong(e, "Invalid argument value", fmt.Sprintf("The argument %q must be %s.", name, problem))
		if !constant(e) {
			later(d)
		}
		t.diags = append(t.diags, d)
	}
}

func (t *tuner) duration(e hcl.Expression, name string, target *time.Duration) {
	v, ok := t.get(e, cty.String, name)
	if !ok {
		return
	}
	d, err := sdk.ParseDuration(v.AsString())
	if err != nil || d <= 0 {
		t.wrong(e, name, "a duration above zero, such as \"500ms\", \"10s\" or \"2d\"")
		return
	}
	*target = d
}

func (t *tuner) text(e hcl.Expression, name string, target *string) bool {
	v, ok := t.get(e, cty.String, name)
	if ok {
		*target = v.AsString()
	}
	return ok
}

func (t *tuner) path(e hcl.Expression, name string, target *string) {
	if !t.text(e, name, target) {
		return
	}
	if *target == "" {
		t.wrong(e, name, "the path of a file; it is empty")
		return
	}
	switch {
	case filepath.IsAbs(*target):
	case t.s.flow.Place.FS != nil:
		t.wrong(e, name, "an absolute path: this flow lies in no folder of the file system, where a relative one could start")
		*target = ""
	default:
		*target = filepath.Join(t.s.flow.Dir, *target)
	}
}

func (t *tuner) retry(r *flow.Retry) {
	if r == nil {
		return
	}
	if v, ok := t.get(r.Attempts, cty.Number, "attempts"); ok {
		var n int
		if err := gocty.FromCtyValue(v, &n); err != nil || n < 1 || n > 100 {
			t.wrong(r.Attempts, "attempts", "a whole number from 1 to 100")
		} else {
			t.c.Retry.Attempts, t.c.Retry.AttemptsSet = n, true
		}
	}
	t.duration(r.MinDelay, "min_delay", &t.c.Retry.MinDelay)
	t.duration(r.MaxDelay, "max_delay", &t.c.Retry.MaxDelay)
}

func (t *tuner) network(n *flow.Network) {
	if n == nil {
		return
	}
	t.duration(n.Timeout, "timeout", &t.c.Network.Timeout)
	t.path(n.CAFile, "ca_file", &t.c.Network.CAFile)
	t.path(n.CertFile, "cert_file", &t.c.Network.CertFile)
	t.path(n.KeyFile, "key_file", &t.c.Network.KeyFile)
	var pin string
	if t.text(n.PinSHA256, "pin_sha256", &pin) {
		pin = strings.ToLower(strings.ReplaceAll(pin, ":", ""))
		if raw, err := hex.DecodeString(pin); err != nil || len(raw) != 32 {
			t.wrong(n.PinSHA256, "pin_sha256", "the SHA-256 of a certificate: 64 hexadecimal digits")
		} else {
			t.c.Network.PinSHA256 = pin
		}
	}
	var proxy string
	if t.text(n.Proxy, "proxy", &proxy) {
		u, err := url.Parse(proxy)
		if proxy != "none" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5") {
			t.wrong(n.Proxy, "proxy", "\"none\", or a URL such as \"http://127.0.0.1:3128\"")
		} else {
			t.c.Network.Proxy = proxy
		}
	}
}

// renewBefore reads a duration or a percentage.
func (t *tuner) renewBefore(e hcl.Expression) {
	v, ok := t.get(e, cty.String, "renew_before")
	if !ok {
		return
	}
	text := v.AsString()
	if number, isPercent := strings.CutSuffix(text, "%"); isPercent {
		percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err == nil && percent > 0 && percent < 100 {
			t.c.RenewBefore = RenewBefore{Set: true, Percent: percent}
			return
		}
	} else if d, err := sdk.ParseDuration(text); err == nil && d > 0 {
		t.c.RenewBefore = RenewBefore{Set: true, Duration: d}
		return
	}
	t.wrong(e, "renew_before", "a duration such as \"10m\" or \"2d\", or a part of the life such as \"20%\"")
}
