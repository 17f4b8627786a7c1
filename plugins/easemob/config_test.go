package easemob_test

import (
	"regexp"
	"testing"

	"github.com/authrun/authrun/plugins/easemob/fake"
)

// The host holds arguments to these rules before any call: a dot segment or a query would send the secret to another path.
func TestPathRules(t *testing.T) {
	d, err := newBench(t, fake.Options{}).Plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	segment := map[string]bool{"a": true, "v1.1.0": true, ".a": true, "a.": true, "..a": true, "...": true, "a/b": true, "中\n": true, "": false, ".": false, "..": false}
	rules := map[string]map[string]bool{
		"base_url": {"https://example.com/a b/": true, "https://example.com/?x=1": false, "https://example.com?": false},
	}
	for _, name := range []string{"org_name", "app_name"} {
		rules[name] = segment
	}
	for name, values := range rules {
		a, ok := d.Config.Attribute(name)
		if !ok || a.Hint == "" {
			t.Errorf("%s: there %v, hint %q", name, ok, a.Hint)
		}
		rule := regexp.MustCompile("^(?:" + a.Match + ")$")
		for value, want := range values {
			if rule.MatchString(value) != want {
				t.Errorf("%s %q: want match %v", name, value, want)
			}
		}
	}
}
