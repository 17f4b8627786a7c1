package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// counter is randomness that is the same in every run.
type counter byte

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

func testKey(t *testing.T, first byte) Key {
	t.Helper()
	c := counter(first)
	k, err := NewKey(&c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealOpen(t *testing.T) {
	k := testKey(t, 0)
	for _, plain := range []string{"", "x", "a secret", strings.Repeat("long ", 100_000)} {
		for _, bound := range [][]byte{nil, Bind("record", "sipauth", "x")} {
			sealed, err := k.Seal(rand.Reader, []byte(plain), bound)
			if err != nil {
				t.Fatal(err)
			}
			// One byte is found in any 30 random ones now and then.
			if len(plain) > 4 && bytes.Contains(sealed, []byte(plain)) {
				t.Error("the sealed value shows the plain one")
			}
			got, err := k.Open(sealed, bound)
			if err != nil || string(got) != plain {
				t.Errorf("Open gave %d bytes of %d, error %v", len(got), len(plain), err)
			}
		}
	}
}

// The form is fixed: what one version sealed the next must open.
func TestSealForm(t *testing.T) {
	k := testKey(t, 0)
	c := counter(100)
	sealed, err := k.Seal(&c, []byte("a secret"), Bind("record", "x"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "0155522b6e65666768696a6b6c6d6e6f7058e28d45caf21c137a0b66582dc0f7c703418eb502ca2e23"
	if got := hex.EncodeToString(sealed); got != want {
		t.Errorf("sealed to\n%s, want\n%s", got, want)
	}
}

func TestSealTwiceDiffers(t *testing.T) {
	k := testKey(t, 0)
	a, err := k.Seal(rand.Reader, []byte("a secret"), nil)
	b, err2 := k.Seal(rand.Reader, []byte("a secret"), nil)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a, b) {
		t.Error("the same value was sealed to the same bytes")
	}
}

func TestOpenRefuses(t *testing.T) {
	k, bound := testKey(t, 0), Bind("record", "sipauth", "account")
	sealed, err := k.Seal(rand.Reader, []byte("a secret"), bound)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key           Key
		sealed, bound []byte
		want          error
	}{
		"another key":         {testKey(t, 1), sealed, bound, ErrWrongKey},
		"another row":         {k, sealed, Bind("record", "sipauth", "other"), ErrDamaged},
		"names run together":  {k, sealed, Bind("record", "sipauthaccount"), ErrDamaged},
		"names moved":         {k, sealed, Bind("record", "sipauthacc", "ount"), ErrDamaged},
		"no row":              {k, sealed, nil, ErrDamaged},
		"empty":               {k, nil, bound, ErrDamaged},
		"cut":                 {k, sealed[:len(sealed)-1], bound, ErrDamaged},
		"cut to its head":     {k, sealed[:headSize], bound, ErrDamaged},
		"longer":              {k, append(bytes.Clone(sealed), 0), bound, ErrDamaged},
		"a form not known":    {k, append([]byte{2}, sealed[1:]...), bound, ErrDamaged},
		"a key without value": {Key{}, sealed, bound, ErrNoKey},
	} {
		t.Run(name, func(t *testing.T) {
			plain, err := c.key.Open(c.sealed, c.bound)
			if !errors.Is(err, c.want) || plain != nil {
				t.Errorf("Open gave %q, error %v; want %v", plain, err, c.want)
			}
		})
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open(changed, bound); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrWrongKey) {
			t.Errorf("with byte %d changed: error %v", i, err)
		}
	}
}

func TestSealNeedsRandomness(t *testing.T) {
	broken := iotest.ErrReader(io.ErrUnexpectedEOF)
	if _, err := testKey(t, 0).Seal(broken, nil, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Seal: %v", err)
	}
	if _, err := NewKey(broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("NewKey: %v", err)
	}
	if _, err := NewHashKey(broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("NewHashKey: %v", err)
	}
	if _, err := (Key{}).Seal(rand.Reader, nil, nil); !errors.Is(err, ErrNoKey) {
		t.Errorf("Seal with no key: %v", err)
	}
}

// No verb prints a key, alone or in something else.
func TestKeysDoNotPrint(t *testing.T) {
	c := counter(0)
	hashKey, err := NewHashKey(&c)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{testKey(t, 0), NewHasher(hashKey)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if got := fmt.Sprintf(verb, v); got != "(sensitive)" {
				t.Errorf("%T with %s prints %q", v, verb, got)
			}
		}
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			if got := fmt.Sprintf(verb, struct{ K any }{v}); !strings.Contains(got, "(sensitive)") || len(got) > 60 {
				t.Errorf("%T inside a struct with %s prints %q", v, verb, got)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	c := counter(0)
	k, err := NewKey(&c)
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := k.Seal(&c, []byte("a secret"), []byte("row"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed, []byte("row"))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, text, bound []byte) {
		plain, err := k.Open(text, bound)
		if err == nil && (!bytes.Equal(text, sealed) || string(bound) != "row") {
			t.Errorf("opened what was never sealed: %q", plain)
		}
	})
}
