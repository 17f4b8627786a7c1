package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseContent(t *testing.T) {
	k, other := testKey(t, 0), testKey(t, 40)
	standard := base64.StdEncoding.EncodeToString(other.secret[:])
	for _, c := range []struct {
		name, text string
		keys       []Key
		says       string // in the error
	}{
		{"authrun's form", k.Text(), []Key{k}, ""},
		{"hexadecimal", hex.EncodeToString(k.secret[:]), []Key{k}, ""},
		{"hexadecimal in capitals", strings.ToUpper(hex.EncodeToString(k.secret[:])), []Key{k}, ""},
		{"base64", standard + "\n", []Key{other}, ""},
		{"base64 without its end", strings.TrimRight(standard, "="), []Key{other}, ""},
		{"base64 for URLs", base64.RawURLEncoding.EncodeToString(other.secret[:]), []Key{other}, ""},
		{"two, of two forms", hex.EncodeToString(k.secret[:]) + " " + other.Text(), []Key{k, other}, ""},
		{"two lines", k.Text() + "\r\n" + standard, []Key{k, other}, ""},
		{"a key file", NewRing(k, other).Text(), []Key{k, other}, ""},
		{"one twice", k.Text() + hex.EncodeToString(k.secret[:]), []Key{k}, ""},
		{"nothing", " \n", nil, "empty"},
		{"a password", "correct-horse-battery-staple", nil, "28 characters"},
		{"16 bytes in hexadecimal", hex.EncodeToString(k.secret[:16]), nil, "32 characters"},
		{"cut", standard[:30], nil, "30 characters"},
		{"a newer form", "authrun-key-2:" + standard, nil, "newer"},
		{"authrun's form, cut", prefix + standard[:20], nil, "15 bytes"},
		{"a good one and a bad one", standard + " tail-that-is-none", nil, "key 2 of 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := ParseContent(c.text)
			if c.says != "" {
				if !errors.Is(err, ErrBadKey) || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("error %v, want one that says %q", err, c.says)
				}
				for _, word := range strings.Fields(c.text) {
					if strings.Contains(err.Error(), word[min(len(word), 8):]) && len(word) > 8 {
						t.Errorf("the error shows what it was given: %v", err)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := names(r.Keys()); got != names(c.keys) {
				t.Errorf("keys %s, want %s", got, names(c.keys))
			}
		})
	}
}

func names(keys []Key) string { return NewRing(keys...).Names() }

func TestRing(t *testing.T) {
	first, second, third := testKey(t, 0), testKey(t, 40), testKey(t, 80)
	r := NewRing(first).With(second)
	if r.Newest().Name() != second.Name() || r.Names() != second.Name()+", "+first.Name() {
		t.Errorf("the ring has %s", r.Names())
	}
	bound := Bind("credential", "x")
	for _, k := range []Key{first, second} {
		sealed, err := k.Seal(rand.Reader, []byte("a secret"), bound)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := r.Open(sealed, bound); err != nil || string(plain) != "a secret" {
			t.Errorf("%s: opened %q, %v", k.Name(), plain, err)
		}
		if by, ok := r.Sealer(sealed); !ok || by.Name() != k.Name() || SealedBy(sealed) != k.Name() || !k.Sealed(sealed) {
			t.Errorf("sealed by %s, the ring says %s, the value %s", k.Name(), by.Name(), SealedBy(sealed))
		}
		if _, err := r.Open(sealed, Bind("credential", "y")); !errors.Is(err, ErrDamaged) {
			t.Errorf("moved to another row: %v", err)
		}
	}
	sealed, err := third.Seal(rand.Reader, []byte("a secret"), bound)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(sealed, bound); !errors.Is(err, ErrWrongKey) {
		t.Errorf("a key that is not in the ring: %v", err)
	}
	if _, err := (Ring{}).Open(sealed, bound); !errors.Is(err, ErrNoKey) {
		t.Errorf("no key at all: %v", err)
	}
	for _, value := range [][]byte{nil, {}, sealed[:20], append([]byte{9}, sealed[1:]...)} {
		if SealedBy(value) != "" || (Key{}).Sealed(value) {
			t.Errorf("% x counts as sealed", value)
		}
	}
	if left := r.Only(func(k Key) bool { return k.Name() == first.Name() }); left.Names() != first.Name() || len(r.Keys()) != 2 {
		t.Errorf("left are %s, and before there were %s", left.Names(), r.Names())
	}
}

func TestRingText(t *testing.T) {
	one := NewRing(testKey(t, 0))
	if one.Text() != testKey(t, 0).Text() {
		t.Errorf("a ring of one key is %q", one.Text())
	}
	two := one.With(testKey(t, 40))
	again, err := ParseRing(two.Text())
	if err != nil || again.Names() != two.Names() || len(again.Keys()) != 2 {
		t.Errorf("%q was read as %s, %v", two.Text(), again.Names(), err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
		shown := fmt.Sprintf(verb, two)
		if bytes.Contains([]byte(shown), []byte(strings.TrimPrefix(strings.TrimSpace(one.Text()), prefix))) || !strings.Contains(shown, "(sensitive)") {
			t.Errorf("%s shows %s", verb, shown)
		}
	}
}
