package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
	"github.com/authrun/authrun/sdk"
)

// newSimulate is the verb `simulate [FLOW]`.
func newSimulate(p *program) *cobra.Command {
	var a simulate
	cmd := &cobra.Command{
		Use:   "simulate [FLOW]",
		Short: "show the vendor calls of months to come, without one",
		Long: "Runs the life of a flow in a moment, as apply --keep would: every vendor call that it would make, by day or month, when a limit would\n" +
			"hold a call back, and how long a credential would be dead. Vendors are what their plugins say of themselves; no vendor is called, no\n" +
			"network used, nothing written, and no secret is needed: arguments without a value do not matter. It begins with nothing stored. How\n" +
			"long credentials live tells --life, else what is stored for them, else their plugin; else it is an hour.",
		Example: "  authrun simulate --for 90d\n  authrun simulate flow.hcl --every 15m --outage ippbx=3d+24h\n" +
			"  authrun simulate flow.hcl --life auth.easemob.im=12d --life lingju=30d --detailed-exitcode",
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.noInputs = true
	a.long = 90 * 24 * time.Hour
	fs := cmd.Flags()
	fs.Var((*duration)(&a.long), "for", "how long the simulated time is: 36h, `90d`")
	fs.Lookup("for").DefValue = "90d"
	fs.Var((*duration)(&a.every), "every", "apply every `DURATION`, as a timer does, instead of --keep")
	fs.StringVar(&a.start, "start", "", "begin at `TIME`: 2026-12-01, 2026-12-01T08:00; now where it is left out")
	fs.StringArrayVar(&a.lives, "life", nil, "credentials of a vendor or an address live so long, `WHAT=DURATION`, or WHAT=never for such as never expire; may be repeated")
	fs.StringArrayVar(&a.outages, "outage", nil, "a vendor is down, `VENDOR=AFTER+DURATION`: ippbx=3d+24h; may be repeated")
	fs.StringArrayVar(&a.targets, "target", nil, "only `ADDRESS` and what it depends on; may be repeated")
	fs.Var((*duration)(&a.minLife), "min-life", "renew what lives shorter than `DURATION`: 90s, 12h, 7d")
	fs.Var(&a.by, "by", "count calls by `day` or month")
	fs.BoolVar(&a.detailed, "detailed-exitcode", false, "exit with 2 where a credential is dead for a time, or a limit holds a call back")
	fs.BoolVar(&a.json, "json", false, "write every call and what came of it as JSON, one object a line")
	return cmd
}

type simulate struct {
	flow     flowFlags
	long     time.Duration
	every    time.Duration
	start    string
	lives    []string
	outages  []string
	targets  []string
	minLife  time.Duration
	by       view.Period
	detailed bool
	json     bool
}

func (a *simulate) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("simulate", args, 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("simulate"); err != nil {
		return err
	}
	opts, err := a.options(p.env.Zone)
	if err != nil {
		return usage("simulate", err.Error())
	}
	v, done := a.show(p)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		s, err := f.Simulate(ctx, opts, t.event)
		if err != nil {
			return t.failed("Cannot simulate the flow", err)
		}
		if a.json {
			for _, line := range view.SimulationLines(s) {
				p.print(objectLine(line))
			}
		} else {
			p.print(p.telling().Simulation(s, a.by))
		}
		if a.detailed && !s.Fits() {
			return statusError(ExitChanges)
		}
		return nil
	})
}

func (a *simulate) show(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(false, false)
	}
	return p.showText(false)
}

// options reads the flags.
func (a *simulate) options(zone *time.Location) (runtime.SimulateOptions, error) {
	o := runtime.SimulateOptions{For: a.long, Every: a.every, Targets: a.targets, MinLife: a.minLife, Lives: map[string]time.Duration{}}
	if a.long <= 0 || a.long > runtime.LongestSimulation {
		return o, errors.New("--for must be longer than no time and at most ten years")
	}
	var err error
	if o.Start, err = startTime(a.start, zone); err != nil {
		return o, err
	}
	for _, text := range a.lives {
		what, life, err := lifeOf(text)
		if err != nil {
			return o, err
		}
		o.Lives[what] = life
	}
	for _, text := range a.outages {
		outage, err := outageOf(text)
		if err != nil {
			return o, err
		}
		o.Outages = append(o.Outages, outage)
	}
	return o, nil
}

// startTime reads a moment, in the person's time zone where it names none.
func startTime(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--start cannot be %q: write a day, 2026-12-01, or a moment, 2026-12-01T08:00", text)
}

// lifeOf reads a life, WHAT=DURATION. An address may have a "=" in its key.
func lifeOf(text string) (what string, life time.Duration, err error) {
	cut := strings.LastIndex(text, "=")
	if cut <= 0 {
		return "", 0, fmt.Errorf("--life cannot be %q: write VENDOR=DURATION or ADDRESS=DURATION, such as lingju=30d", text)
	}
	what, value := text[:cut], text[cut+1:]
	if value == "never" {
		return what, sdk.Forever, nil
	}
	if life, err = sdk.ParseDuration(value); err != nil || life < time.Second {
		return "", 0, fmt.Errorf("--life %s cannot be %q: write a duration of a second or more, such as 90m or 30d, or never", what, value)
	}
	return what, life, nil
}

// outageOf reads an outage, VENDOR=AFTER+DURATION.
func outageOf(text string) (runtime.Outage, error) {
	vendor, span, ok := strings.Cut(text, "=")
	after, long, both := strings.Cut(span, "+")
	if ok && both && vendor != "" {
		from, err := sdk.ParseDuration(after)
		length, wrong := sdk.ParseDuration(long)
		if err == nil && wrong == nil && from >= 0 && length > 0 {
			return runtime.Outage{Vendor: vendor, After: from, For: length}, nil
		}
	}
	return runtime.Outage{}, fmt.Errorf("--outage cannot be %q: write VENDOR=AFTER+DURATION, such as ippbx=3d+24h for a day from the fourth day on", text)
}
