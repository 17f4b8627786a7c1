package scaffold_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestStranger follows what is said of new plugins, as somebody who has nothing else. It takes half a minute.
func TestStranger(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds plugins")
	}
	s := newStranger(t)
	t.Run("new module", func(t *testing.T) { checkNewModule(s.with(t)) })
	t.Run("new module of a checkout", func(t *testing.T) { checkNewModuleOfACheckout(s.with(t)) })
	t.Run("guide", func(t *testing.T) { checkGuide(s.with(t)) })
}

// checkNewModule holds a new module to what is said of it: before a line is changed it is laid out, vetted, built, tested, applied and examined, and its
// README has its reference. Its name is long and has digits, and its module's path does not end in it.
func checkNewModule(s stranger) {
	s.t.Helper()
	out := s.run(`
authrun plugin new tel3com --dir "work here" --module git.example.com/you/authrun-plugin-tel3com
cd "work here"
go mod tidy
test -z "$(gofmt -l .)"
go vet ./...
go test ./...
go build -o bin/ ./cmd/...
bin/faketel3com sh -c 'for i in 1 2; do authrun apply flow.hcl --plugin tel3com=bin/authrun-plugin-tel3com; done'
authrun fmt --check flow.hcl
make test try docs
`)
	for _, want := range []string{"  cd 'work here'\n", "1 acquired; 1 vendor call", "1 reused; no vendor calls", "11 passed, 1 skipped.",
		"The reference in README.md is as it should be."} {
		if !strings.Contains(out, want) {
			s.t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

// checkNewModuleOfACheckout checks that a build which is not released says what it wants, and with it makes a module of
// which Go needs nothing but what the checkout has.
func checkNewModuleOfACheckout(s stranger) {
	s.t.Helper()
	dir, err := filepath.Abs(checkout)
	if err != nil {
		s.t.Fatal(err)
	}
	out := s.run("! authrun-dev plugin new acme\n! authrun-dev plugin new acme --sdk-path .\ntest ! -e acme\nauthrun-dev plugin new acme --sdk-path '" + dir +
		"'\ncd acme\ngo mod tidy\ngo build ./...\ngrep replace go.mod\n! authrun-dev plugin new acme --dir . --sdk-path '" + dir + "'")
	for _, want := range []string{"0.1.0+dev, is not released", "--sdk-path DIR", "is no checkout of authrun", "replace github.com/authrun/authrun => " + dir,
		"it is there already: ", "acme.go"} {
		if !strings.Contains(out, want) {
			s.t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}
