package eval

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What would take minutes, gigabytes or the whole stack is a message within seconds.
func TestBadInputIsBounded(t *testing.T) {
	chain := func(op string, n int) string { return "locals {\n  x = 1" + strings.Repeat(op, n) + "\n}\n" }
	grow := func(first, next string, n int) string {
		var b strings.Builder
		b.WriteString("locals {\n  l0 = " + first + "\n")
		for i := range n {
			fmt.Fprintf(&b, "  l%d = %s\n", i+1, strings.ReplaceAll(next, "L", fmt.Sprintf("local.l%d", i)))
		}
		b.WriteString("}\noutput \"x\" {\n  value = \"${jsonencode(local.l" + fmt.Sprint(n) + ")}\"\n}\n")
		return b.String()
	}
	for name, c := range map[string]struct{ file, text, want string }{
		"sums":            {text: chain(" + 1", 1_000_000), want: "Nested too deep"},
		"a long sum":      {text: chain(" + 1", 50_000), want: ""},
		"comparisons":     {text: chain(" == 1", 1_000_000), want: "Nested too deep"},
		"products":        {text: chain(" * 1e300", 1_000_000), want: "Nested too deep"},
		"a large product": {text: "output \"x\" {\n  value = \"x${1e300" + strings.Repeat(" * 1e300", 1900) + "}\"\n}\n", want: ""},
		"indexes":         {text: "locals {\n  x = flatten([])" + strings.Repeat("[0]", 1_000_000) + "\n}\n", want: "Nested too deep"},
		"attributes":      {text: "locals {\n  x = flatten([])" + strings.Repeat(".a", 100_000) + "\n}\n", want: "Unsupported attribute"},
		"splats":          {text: "locals {\n  x = [1]" + strings.Repeat("[*]", 20_000) + "\n}\n", want: "Nested too deep"},
		"doubled texts":   {text: grow(`"0123456789abcdef"`, `"${L}${L}"`, 40), want: "Value too large"},
		"doubled lists":   {text: grow(`["x"]`, `[L, L]`, 40), want: "Value too large"},
		"squares":         {text: grow(`1e300`, `L * L`, 40), want: "Value too large"},
		"a chain":         {text: grow(`1`, `[L]`, 20_000), want: "Nested too deep"},
		"a long chain":    {text: grow(`1`, `L + 1`, 20_000), want: "Nested too deep"},
		"JSON brackets":   {file: "x.hcl.json", text: `{"locals": {"x": ` + strings.Repeat("[", 100_000) + `}}`, want: "Nested too deep"},
		"JSON number":     {file: "x.hcl.json", text: "{\"output\": {\"x\":\n {\"value\": 1e99999999}}}", want: "Number too large"},
		"JSON template":   {file: "x.hcl.json", text: `{"output": {"x": {"value": "a ${1e99999999}"}}}`, want: "Number too large"},
		"JSON text":       {file: "x.hcl.json", text: `{"output": {"x": {"value": "1e99999999"}}}`, want: ""},
		"many digits":     {text: "locals {\n  x = " + strings.Repeat("9", 5000) + "\n}\n", want: "Number too large"},
	} {
		t.Run(name, func(t *testing.T) {
			file := c.file
			if file == "" {
				file = "x.hcl"
			}
			start := time.Now()
			s, diags := open(t, write(t, map[string]string{file: c.text}), Inputs{})
			diags = append(diags, s.Validate()...)
			for _, name := range s.OutputNames() {
				_, more := s.Output(name)
				diags = append(diags, more...)
			}
			t.Log(time.Since(start))
			said := ""
			for _, d := range diags {
				said += d.Summary + ": " + d.Detail + "\n"
			}
			if c.want == "" && diags.HasErrors() || !strings.Contains(said, c.want) {
				t.Errorf("got %.500s, want %q", said, c.want)
			}
		})
	}
}
