package seal

import (
	"encoding/json"
	"strings"
	"testing"
)

func arguments(t *testing.T, text string) map[string]json.RawMessage {
	t.Helper()
	var args map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &args); err != nil {
		t.Fatal(err)
	}
	return args
}

func testHasher() Hasher { return NewHasher([KeySize]byte{1, 2, 3}) }

func TestSameArgumentsSameHash(t *testing.T) {
	for _, same := range [][]string{
		{`{}`, `{"a":null}`, `{"a":null,"b": null}`},
		{`{"a":1,"b":"x"}`, `{ "b" : "x", "a" : 1 }`, `{"a":1.0,"b":"x","c":null}`},
		{`{"a":100}`, `{"a":1e2}`, `{"a":1E+2}`, `{"a":100.000}`, `{"a":0.1e3}`, `{"a":1000e-1}`},
		{`{"a":0}`, `{"a":-0}`, `{"a":0.0}`, `{"a":0e5}`, `{"a":-0.00e-9}`},
		{`{"a":-1.5}`, `{"a":-15e-1}`, `{"a":-0.15e+1}`},
		{`{"a":9007199254740993}`, `{"a":9007199254740993.0}`},
		{`{"a":1e999999999999999999999}`, `{"a":10e999999999999999999998}`},
		{`{"a":"é\n"}`, `{"a":"\u00e9\u000a"}`},
		{`{"a":{"x":1,"y":[1,{"z":2}]}}`, `{"a":{"y":[1.0,{"z":2,"n":null}],"x":1,"n":null}}`},
		{`{"a":[true,false,null]}`, "{\"a\":[ true,\n\tfalse, null ]}"},
	} {
		want := testHasher().Account("sipauth", arguments(t, same[0]))
		for _, text := range same[1:] {
			if got := testHasher().Account("sipauth", arguments(t, text)); got != want {
				t.Errorf("%s and %s are one account, and have different hashes", same[0], text)
			}
		}
	}
}

func TestOtherArgumentsOtherHash(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{
		`{}`, `{"a":1}`, `{"a":"1"}`, `{"a":-1}`, `{"a":10}`, `{"a":0.1}`, `{"a":0}`, `{"b":1}`, `{"a":1,"b":1}`, `{"A":1}`,
		`{"a":true}`, `{"a":false}`, `{"a":"true"}`, `{"a":""}`, `{"a":" "}`, `{"a":"null"}`,
		`{"a":[]}`, `{"a":[null]}`, `{"a":[null,null]}`, `{"a":["x","y"]}`, `{"a":["y","x"]}`, `{"a":["xy"]}`, `{"a":[["x"],"y"]}`, `{"a":[["x","y"]]}`,
		`{"a":{}}`, `{"a":{"b":1}}`, `{"a":{},"b":1}`, `{"a":{"b":{}}}`,
		`{"a":9007199254740992}`, `{"a":9007199254740993}`, `{"a":1e999999999999999999999}`, `{"a":1e999999999999999999998}`,
		`{"a":"é"}`, `{"a":"e\u0301"}`, // The same for a reader, not for a vendor.
	} {
		hash := testHasher().Account("sipauth", arguments(t, text))
		if before, ok := seen[hash]; ok {
			t.Errorf("%s and %s have the same hash", before, text)
		}
		seen[hash] = text
	}
}

// What a hash is for, whose it is and its key all tell.
func TestHashesAreApart(t *testing.T) {
	h, args := testHasher(), arguments(t, `{"a":"x"}`)
	seen := map[string]bool{}
	all := []string{
		h.Account("v", args), h.Account("w", args), NewHasher([KeySize]byte{9}).Account("v", args),
		h.Fingerprint("v", "n", args), h.Fingerprint("v", "o", args), h.Fingerprint("vn", "", args),
		h.Scope("v", "n", args), h.Scope("v", "o", args), h.Secrets("v", "n", args), h.Secrets("w", "n", args),
		h.Argument("v", "a", args["a"]), h.Argument("w", "a", args["a"]), h.Argument("v", "b", args["a"]), h.Argument("v", "a", nil),
	}
	for i, hash := range all {
		if seen[hash] {
			t.Errorf("hash %d is the same as another", i)
		}
		seen[hash] = true
		if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
			t.Errorf("hash %d is not 64 hexadecimal digits: %q", i, hash)
		}
	}
}

// The form is fixed: another one would make every stored credential stale, and every latch and limit forgotten.
func TestHashForm(t *testing.T) {
	args := arguments(t, `{"base_url":"http://127.0.0.1:8080","port":8260,"list":["a",true,null,{"z":-1.50}],"unset":null}`)
	for name, c := range map[string]struct{ got, want string }{
		"account":     {testHasher().Account("sipauth", args), "90269dae465da155d2530ed7f331fc62e81e334e00dbcf6727299b3c6ded2b68"},
		"fingerprint": {testHasher().Fingerprint("sipauth", "x", args), "3cd8d8142af26a52e52a68d11a9a97ce33d2e5b95367493aa210720f89e16d9f"},
		"scope":       {testHasher().Scope("sipauth", "monthly", args), "d0d9cd9ff0e6a05216aa2b783727d69b40b25806702b19d9f676e5a6663db5e4"},
		"secrets":     {testHasher().Secrets("sipauth", "x", args), "e27757062cc284c4b5f046f60e3342e653a43f29507504cba195047eb9bbb5d2"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %s, want %s", name, c.got, c.want)
		}
	}
}

func TestNotJSON(t *testing.T) {
	h := testHasher()
	seen := map[string]string{}
	for _, text := range []string{``, `{`, `x`, `1 2`, `"x" "y"`, `[1`} {
		hash := h.Account("v", map[string]json.RawMessage{"a": json.RawMessage(text)})
		if before, ok := seen[hash]; ok {
			t.Errorf("%q and %q have the same hash", before, text)
		}
		seen[hash] = text
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0.0": "0", "1": "1e0", "-1": "-1e0", "100": "1e2", "0.001": "1e-3", "1.50": "15e-1", "12e3": "12e3", "1e-7": "1e-7", "10E+01": "1e2",
	} {
		if got := number(text); got != want {
			t.Errorf("number(%s) = %s, want %s", text, got, want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add(`{"a":[1,2.50,"x",null]}`)
	f.Add(`1e400`)
	f.Fuzz(func(t *testing.T, text string) {
		form := appendValue(nil, parse(json.RawMessage(text)))
		var value any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&value) != nil || !json.Valid([]byte(text)) {
			return
		}
		again, err := json.MarshalIndent(value, " ", "\t")
		if err != nil {
			t.Skip()
		}
		if got := appendValue(nil, parse(again)); string(got) != string(form) {
			t.Errorf("%q and %q have different forms", text, again)
		}
	})
}
