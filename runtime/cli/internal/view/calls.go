package view

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// Period is the time whose calls stand in one row of a table.
type Period string

// The periods.
const (
	AnyPeriod Period = "" // days where they are few, else months
	ByDay     Period = "day"
	ByMonth   Period = "month"
)

// Set reads the value of a flag.
func (p *Period) Set(text string) error {
	if *p = Period(text); *p != ByDay && *p != ByMonth {
		return errors.New(`must be "day" or "month"`)
	}
	return nil
}

// String is the value.
func (p *Period) String() string { return string(*p) }

// Type is the word for the value in a message.
func (p *Period) Type() string { return "period" }

const (
	fewDays        = 14 // so many are shown one by one
	fewCredentials = 12 // so many are shown one by one, else their vendors
)

// tally counts the calls of somebody in a period.
type tally struct{ acquired, renewed, failed int }

func (t tally) calls() int { return t.acquired + t.renewed + t.failed }

func (t *tally) add(o tally) {
	t.acquired += o.acquired
	t.renewed += o.renewed
	t.failed += o.failed
}

// row is a row of the table.
func (t tally) row(period, who string) []string {
	return []string{period, visible(who), fmt.Sprint(t.acquired), fmt.Sprint(t.renewed), fmt.Sprint(t.failed), fmt.Sprint(t.calls())}
}

// span is some periods with the same calls.
type span struct {
	from, to string // as they are written
	of       map[string]tally
}

// callTable tells who is called how often in which day or month. Days that are alike stand in one row.
func (t Telling) callTable(s runtime.Simulation, by Period) string {
	if by == AnyPeriod {
		by = ByMonth
		if s.End.Sub(s.Start) <= fewDays*24*time.Hour {
			by = ByDay
		}
	}
	layout, head := time.DateOnly, []string{"Day", "Credential", "Acquired", "Renewed", "Failed", "Calls"}
	if by == ByMonth {
		layout, head[0] = "2006-01", "Month"
	}
	who := func(c runtime.SimulatedCredential) string { return c.Address }
	if by == ByMonth || len(s.Credentials) > fewCredentials {
		head[1] = "Vendor"
		who = func(c runtime.SimulatedCredential) string { return c.Vendor }
	}
	names, order := map[string]string{}, []string{}
	for _, c := range s.Credentials {
		names[c.Address] = who(c)
		if !slices.Contains(order, who(c)) {
			order = append(order, who(c))
		}
	}
	spans, total := t.spans(s.Calls, layout, names)
	rows := [][]string{head}
	for _, sp := range append(spans, span{from: "Total", to: "Total", of: total}) {
		label := sp.from
		if sp.to != sp.from {
			label += " to " + sp.to
		}
		for _, name := range order {
			if n, ok := sp.of[name]; ok {
				rows = append(rows, n.row(label, name))
				label = ""
			}
		}
	}
	if len(order) > 1 {
		var all tally
		for _, n := range total {
			all.add(n)
		}
		rows = append(rows, all.row("", "all"))
	}
	return t.table(rows, 2, 3, 4, 5)
}

// spans counts calls by the periods that a layout tells apart, and by who makes them. Periods that follow one another with the same calls are one.
func (t Telling) spans(calls []runtime.SimulatedCall, layout string, names map[string]string) (spans []span, total map[string]tally) {
	total = map[string]tally{}
	var last time.Time
	for _, period := range t.periods(calls, layout) {
		of := map[string]tally{}
		for _, c := range period {
			one := tally{failed: 1}
			switch {
			case c.Answered && c.Operation == string(runtime.ActionRenew):
				one = tally{renewed: 1}
			case c.Answered:
				one = tally{acquired: 1}
			}
			n := of[names[c.Address]]
			n.add(one)
			of[names[c.Address]] = n
		}
		for name, n := range of {
			sum := total[name]
			sum.add(n)
			total[name] = sum
		}
		at := period[0].At.In(t.Zone)
		if n := len(spans); n > 0 && layout == time.DateOnly && last.AddDate(0, 0, 1).Format(layout) == at.Format(layout) && maps.Equal(spans[n-1].of, of) {
			spans[n-1].to = at.Format(layout)
		} else {
			spans = append(spans, span{from: at.Format(layout), to: at.Format(layout), of: of})
		}
		last = at
	}
	return spans, total
}

// periods are the calls of each period that has some.
func (t Telling) periods(calls []runtime.SimulatedCall, layout string) [][]runtime.SimulatedCall {
	sorted := slices.SortedStableFunc(slices.Values(calls), func(a, b runtime.SimulatedCall) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	var all [][]runtime.SimulatedCall
	before := ""
	for _, c := range sorted {
		if in := c.At.In(t.Zone).Format(layout); in != before || len(all) == 0 {
			all, before = append(all, nil), in
		}
		all[len(all)-1] = append(all[len(all)-1], c)
	}
	return all
}

// table writes rows, the first of them a head; numbers stand right in the columns that are named.
func (t Telling) table(rows [][]string, right ...int) string {
	var widths []int
	for _, row := range rows {
		for column, cell := range row {
			if column == len(widths) {
				widths = append(widths, 0)
			}
			widths[column] = max(widths[column], terminal.Width(plainText(cell)))
		}
	}
	var text strings.Builder
	for i, row := range rows {
		var line strings.Builder
		for column, cell := range row {
			padding := strings.Repeat(" ", widths[column]-terminal.Width(plainText(cell)))
			if i == 0 {
				cell = t.Style.Bold(cell)
			}
			if slices.Contains(right, column) {
				cell, padding = padding+cell, ""
			}
			line.WriteString(cell + padding + "  ")
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return text.String()
}

// plainText is text without the colours of a style.
func plainText(text string) string {
	for {
		before, after, ok := strings.Cut(text, "\x1b[")
		if !ok {
			return text
		}
		_, rest, _ := strings.Cut(after, "m")
		text = before + rest
	}
}
