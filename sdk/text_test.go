package sdk_test

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		`"abc"`: "abc", `" a\u00e9\n"`: " aé\n", `""`: "", `null`: "", `[]`: "", `[ ]`: "",
		`200`: "200", `-1`: "-1", `1e3`: "1e3", `12345678901234567890`: "12345678901234567890", `true`: "true", `false`: "false",
	} {
		got := sdk.Text("old")
		if err := json.Unmarshal([]byte(in), &got); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{`{}`, `{"a":1}`, `[1]`, `["a"]`} {
		var got sdk.Text
		if err := json.Unmarshal([]byte(in), &got); err == nil {
			t.Errorf("%s: got %q, want an error", in, got)
		}
	}
	if sdk.Text("x").Secret().Reveal() != "x" {
		t.Error("a text's secret is another")
	}
}

func TestInt(t *testing.T) {
	for in, want := range map[string]sdk.Int{
		`87`: 87, `"87"`: 87, `"87.0"`: 87, `87.9`: 87, `-87.9`: -87, `" 12 "`: 12, `1e3`: 1000, `"1e3"`: 1000, `8.7e1`: 87, `"+5"`: 5,
		`null`: 0, `""`: 0, `" "`: 0, `[]`: 0, `true`: 1, `false`: 0,
		`9223372036854775807`: math.MaxInt64, `9223372036854775808`: math.MaxInt64, `"99999999999999999999"`: math.MaxInt64,
		`-99999999999999999999`: math.MinInt64, `1e300`: math.MaxInt64, `-1e300`: math.MinInt64, `"1e999"`: math.MaxInt64,
		`9007199254740993`: 9007199254740993,
	} {
		got := sdk.Int(5)
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s: got %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{`"abc"`, `"12 days"`, `"0x10"`, `"inf"`, `"NaN"`, `{}`, `[1]`, `"1,000"`, `"--1"`, `"."`} {
		var got sdk.Int
		if err := json.Unmarshal([]byte(in), &got); err == nil {
			t.Errorf("%s: got %d, want an error", in, got)
		}
	}
}

func TestIntInXML(t *testing.T) {
	var got struct {
		A, B sdk.Int
		C    sdk.Text
	}
	if err := xml.Unmarshal([]byte(`<x><A>87.0</A><B></B><C>007</C></x>`), &got); err != nil || got.A != 87 || got.B != 0 || got.C != "007" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestIntDuration(t *testing.T) {
	for _, c := range []struct {
		n    sdk.Int
		unit time.Duration
		want time.Duration
	}{
		{90, time.Second, 90 * time.Second},
		{-3, time.Hour, -3 * time.Hour},
		{0, time.Hour, 0},
		{5, 0, 0},
		{106751, 24 * time.Hour, 106751 * 24 * time.Hour},
		{106752, 24 * time.Hour, sdk.Forever - 1},
		{math.MaxInt64, 1, sdk.Forever - 1},
		{math.MaxInt64, time.Second, sdk.Forever - 1},
		{math.MinInt64, time.Second, -sdk.Forever + 1},
		{math.MinInt64, 1, -sdk.Forever + 1},
		{math.MinInt64, -1, sdk.Forever - 1},
	} {
		if got := c.n.Duration(c.unit); got != c.want {
			t.Errorf("%d x %v: got %d, want %d", c.n, c.unit, got, c.want)
		}
	}
}
