package sdk_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authrun/authrun/sdk"
)

// configured is what an operation gets of a configuration, where the required arguments url and key are added unless they stand in it.
func configured(t *testing.T, config string) (got everything, err error) {
	t.Helper()
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(config), &members) == nil {
		for name, value := range map[string]string{"url": `"u"`, "key": `"abc"`} {
			if members[name] == nil {
				members[name] = raw(value)
			}
		}
		whole, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		config = string(whole)
	}
	p, err := sdk.Vendor[everything, tok]{Name: "v", Acquire: sdk.Op[everything, tok]{
		Do: func(_ context.Context, _ *sdk.Host, c everything, _ tok) (sdk.Credential[tok], error) {
			got = c
			return sdk.Credential[tok]{Value: tok{"t"}, Life: 1}, nil
		}}}.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Run(t.Context(), sdk.Run{Operation: sdk.OpAcquire, Config: json.RawMessage(config)})
	return got, err
}

func TestConfig(t *testing.T) {
	pin, zero := 12, 0
	defaults := everything{URL: "u", Key: "abc", Port: 5060, Ratio: 0.5, Fast: true, Wait: 24 * time.Hour, Region: "cn", Names: []string{"a"}}
	with := func(change func(*everything)) everything {
		c := defaults
		change(&c)
		return c
	}
	for _, c := range []struct {
		config string
		want   everything
	}{
		{`{}`, defaults},
		{`{"port": null, "pin": null, "names": null, "main": null, "unknown": {}}`, defaults},
		{`{"zone": "z", "url": "v", "key": "abd", "pin": 12}`, with(func(c *everything) { c.Zone, c.URL, c.Key, c.Pin = "z", "v", "abd", &pin })},
		{`{"pin": 0, "port": "7", "big": "9007199254740993", "ratio": "1.5"}`, with(func(c *everything) { c.Pin, c.Port, c.Big, c.Ratio = &zero, 7, 9007199254740993, 1.5 })},
		{`{"port": 8.0, "big": 1e3, "fast": "false", "wait": "1h30m"}`, with(func(c *everything) { c.Port, c.Big, c.Fast, c.Wait = 8, 1000, false, 90*time.Minute })},
		{`{"names": [], "headers": {"A": "b"}, "keys": ["k"], "grid": [[1, 2], []]}`, with(func(c *everything) {
			c.Names, c.Headers, c.Keys, c.Grid = []string{}, map[string]string{"A": "b"}, []sdk.Secret{"k"}, [][]int{{1, 2}, {}}
		})},
		{`{"main": {"name": "m"}, "second": [{"name": "s"}], "spare": {"name": "p", "pin": "1"}, "others": [{"name": "a"}, {"name": "b"}]}`, with(func(c *everything) {
			c.Main, c.Second, c.Spare, c.Others = host{Name: "m"}, host{Name: "s"}, &host{"p", "1"}, []host{{Name: "a"}, {Name: "b"}}
		})},
		{`{"second": [], "spare": [], "others": {"name": "a"}}`, with(func(c *everything) { c.Others = []host{{Name: "a"}} })},
	} {
		got, err := configured(t, c.config)
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(everything{}), cmpopts.IgnoreFields(everything{}, "Left"), cmp.AllowUnexported(common{})); diff != "" || err != nil {
			t.Errorf("%s: %v, -want +got\n%s", c.config, err, diff)
		}
		if got.Zone != c.want.Zone {
			t.Errorf("%s: zone %q", c.config, got.Zone)
		}
	}
}

func TestConfigMistakes(t *testing.T) {
	for config, want := range map[string]string{
		`"SECRET"`:                              "not a JSON object",
		`{"url": "u", "key": null}`:             "key: required and not set",
		`{"port": 1.5}`:                         "port: not a whole number of 64 bits",
		`{"port": "SECRET"}`:                    "port: not a whole number of 64 bits",
		`{"big": 9223372036854775808}`:          "big: not a whole number of 64 bits",
		`{"big": -1e300}`:                       "big: not a whole number of 64 bits",
		`{"ratio": "SECRET"}`:                   "ratio: something that is no number where a number was expected",
		`{"ratio": "NaN"}`:                      "ratio: something that is no number where a number was expected",
		`{"fast": "SECRET"}`:                    "fast: neither true nor false",
		`{"fast": {}}`:                          "fast: an object or a list where text was expected",
		`{"wait": "SECRET"}`:                    "wait: not a duration",
		`{"wait": {}}`:                          "wait: an object or a list where text was expected",
		`{"key": ["SECRET"]}`:                   "key: an object or a list where text was expected",
		`{"names": "SECRET"}`:                   "names: not a list",
		`{"names": [["SECRET"]]}`:               "names: an object or a list where text was expected",
		`{"headers": ["SECRET"]}`:               "headers: not an object",
		`{"headers": {"a": {"SECRET": 1}}}`:     "headers: an object or a list where text was expected",
		`{"main": "SECRET"}`:                    "main: not a JSON object",
		`{"main": [{}, {}]}`:                    "main: more than one block",
		`{"others": [{"name": {"SECRET": 1}}]}`: "others: name: an object or a list where text was expected",
	} {
		_, err := configured(t, config)
		if err == nil || !strings.HasPrefix(err.Error(), "the configuration does not fit the schema: "+want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: got %v\nwant %s", config, err, want)
		}
	}
}
