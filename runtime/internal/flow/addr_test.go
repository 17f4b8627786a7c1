package flow

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAddr(t *testing.T) {
	for text, want := range map[string]Addr{
		"auth.ippbx.hq":                  {Vendor: "ippbx", Name: "hq"},
		`auth.ippbx.hq["a"]`:             {Vendor: "ippbx", Name: "hq", Key: TextKey("a")},
		`auth.ippbx.h-q_1[0]`:            {Vendor: "ippbx", Name: "h-q_1", Key: NumKey(0)},
		`auth.ippbx.hq["环 \"信\"\\"]`:     {Vendor: "ippbx", Name: "hq", Key: TextKey(`环 "信"\`)},
		`auth.ippbx.hq["$${x} %%{y} $"]`: {Vendor: "ippbx", Name: "hq", Key: TextKey("${x} %{y} $")},
		`auth.ippbx.hq["a\nb\tc\u0001"]`: {Vendor: "ippbx", Name: "hq", Key: TextKey("a\nb\tc\x01")},
	} {
		got, err := ParseAddr(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
		if got.String() != text {
			t.Errorf("%s is written %s", text, got)
		}
	}
}

func TestParseAddrRefuses(t *testing.T) {
	for _, text := range []string{"", "auth", "auth.ippbx", "auth.ippbx.hq.token", "ippbx.hq", "auth.ippbx.hq[", "auth.ippbx.hq[1.5]", "auth.ippbx.hq[-1]",
		"auth.ippbx.hq[*]", "auth.ippbx.hq[a]", `auth.ippbx.hq["a"]["b"]`, "var.ippbx.hq", "auth..hq"} {
		if got, err := ParseAddr(text); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestAddrOrder(t *testing.T) {
	block := Addr{Vendor: "b", Name: "x"}
	instance := func(k Key) Addr { return Addr{Vendor: "b", Name: "x", Key: k} }
	sorted := []Addr{{Vendor: "a", Name: "z"}, block, instance(NumKey(2)), instance(NumKey(10)), instance(TextKey("10")), instance(TextKey("2")),
		{Vendor: "b", Name: "y"}}
	mixed := slices.Clone(sorted)
	slices.Reverse(mixed)
	slices.SortFunc(mixed, Addr.Compare)
	if diff := cmp.Diff(sorted, mixed, cmp.AllowUnexported(Key{})); diff != "" {
		t.Error(diff)
	}
	if !block.Covers(block) || !block.Covers(instance(NumKey(2))) || instance(NumKey(2)).Covers(block) || block.Covers(sorted[0]) {
		t.Error("Covers is wrong")
	}
}

func TestNearest(t *testing.T) {
	names := []string{"client_id", "client_secret", "port", "ttl"}
	for given, want := range map[string]string{
		"clientid": "client_id", "client_ids": "client_id", "prot": "port", "tll": "ttl", "x": "", "password": "", "po": "", "": "",
	} {
		if got := Nearest(given, names); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
