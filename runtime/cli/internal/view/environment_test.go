package view

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/joho/godotenv"

	"github.com/authrun/authrun/runtime"
)

// difficult are values that quoting goes wrong with.
var difficult = []string{
	"", "plain-Token_1.2/3=", "two words", " around ", "it's", `say "hi"`, `"`, `'`, `'"`, `"'`, `\`, `a\`, `C:\new\table`, `\\`, `\"`, `\'`, `\$HOME`,
	"$HOME", "${HOME}", "$(id)", "`id`", "a#b", "a #b", "# b", "line one\nline two", "\n", "ends in one\n", "\r\n", "carriage\rreturn", "tab\there",
	"\x01\x1b[31mred", "令牌 🔑", "e\u0301", "\u00a0nbsp\u00a0", "\ufeff", "!history!", "%d %s", "a;b|c&d<e>f", "*?[a]~", "-n", "export X=1", "=", "=x",
	`{"json": "it's \"one\""}`, "-----BEGIN KEY-----\nMIIB+/=\n-----END KEY-----\n", strings.Repeat("long ", 10_000),
}

// randomValues are made of the characters that matter.
func randomValues(n int) []string {
	random := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", "B", "0", " ", "'", `"`, `\`, "$", "{", "}", "(", ")", "#", "\n", "\r", "=", "`", "n", "é", "锁", "!", "~", "\t"}
	values := make([]string, n)
	for i := range values {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		values[i] = b.String()
	}
	return values
}

// TestShellReadsBack shows that a shell finds the same bytes.
func TestShellReadsBack(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	values := append(slices.Clone(difficult), randomValues(500)...)
	var vars []runtime.EnvVar
	var script, want bytes.Buffer
	for i, value := range values {
		name := "V_" + strconv.Itoa(i)
		vars = append(vars, runtime.EnvVar{Name: name, Value: value})
		script.WriteString("printf '%s.' \"$" + name + "\"\n")
		want.WriteString(value + ".")
	}
	cmd := exec.Command(sh)
	cmd.Stdin = strings.NewReader(Shell(vars) + script.String())
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestShellIsEvaluated shows that a value survives `eval "$(authrun env --format shell)"`.
func TestShellIsEvaluated(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	text := Shell([]runtime.EnvVar{{Name: "A", Value: "ends in line ends\n\n"}, {Name: "B", Value: `it's $A "\`}})
	cmd := exec.Command(sh, "-c", `eval "$(cat)"; printf '%s|' "$A" "$B"`)
	cmd.Stdin = strings.NewReader(text)
	got, err := cmd.Output()
	if want := "ends in line ends\n\n|it's $A \"\\|"; err != nil || string(got) != want {
		t.Errorf("got %q and %v, want %q", got, err, want)
	}
}

// TestDotenvReadsBack shows that a parser of dotenv files finds the same bytes, or that the value was refused.
func TestDotenvReadsBack(t *testing.T) {
	refused := 0
	values := append(slices.Clone(difficult), randomValues(20_000)...)
	for _, value := range values {
		vars := []runtime.EnvVar{{Name: "BEFORE", Value: "x"}, {Name: "V", Value: value, Output: "v"}, {Name: "AFTER", Value: "y"}}
		text, err := Dotenv(vars)
		if err != nil {
			refused++
			if !strings.Contains(err.Error(), "V, of the output \"v\"") {
				t.Errorf("%q: %v", value, err)
			}
			continue
		}
		got, err := godotenv.Unmarshal(text)
		if err != nil {
			t.Errorf("%q became %q: %v", value, text, err)
			continue
		}
		if diff := cmp.Diff(map[string]string{"BEFORE": "x", "V": value, "AFTER": "y"}, got); diff != "" {
			t.Errorf("%q became %q (-want +got)\n%s", value, text, diff)
		}
	}
	if refused > len(values)/10 {
		t.Errorf("%d of %d values were refused", refused, len(values))
	}
}

func TestDotenvIsPlain(t *testing.T) {
	for value, want := range map[string]string{
		"YWMtToken_1.2/3==": "YWMtToken_1.2/3==", "": "", "two words": "'two words'", `C:\dir`: `'C:\dir'`, "it's": `"it's"`, "$HOME": "'$HOME'",
		"it's $5\n": `"it's \$5\n"`, `it's "`: `it's "`, "a\r\n": `"a\r\n"`, "a\nb": "'a\nb'",
	} {
		if got, ok := dotenvValue(value); !ok || got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
	for _, value := range []string{"it's\n\\", "'\"", "\r\\"} {
		if got, ok := dotenvValue(value); ok {
			t.Errorf("%q became %s", value, got)
		}
	}
}
