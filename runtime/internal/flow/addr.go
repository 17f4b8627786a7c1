package flow

import (
	"cmp"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Addr names an auth block, `auth.<vendor>.<name>`, or one instance of a block that has for_each or count. It is comparable.
type Addr struct {
	Vendor string
	Name   string
	Key    Key // the zero Key: the block as a whole, or its only instance
}

// Key is the instance key of an [Addr]: none, a string (for_each) or a number (count). It is comparable; the zero Key is none.
type Key struct {
	kind keyKind
	text string
	num  int
}

type keyKind uint8

const (
	noKey keyKind = iota
	textKey
	numKey
)

// TextKey is the key of an instance of for_each.
func TextKey(text string) Key { return Key{kind: textKey, text: text} }

// NumKey is the key of an instance of count.
func NumKey(num int) Key { return Key{kind: numKey, num: num} }

// IsSet tells whether there is a key.
func (k Key) IsSet() bool { return k.kind != noKey }

// Text is the key of an instance of for_each, and whether it is one.
func (k Key) Text() (string, bool) { return k.text, k.kind == textKey }

// Num is the key of an instance of count, and whether it is one.
func (k Key) Num() (int, bool) { return k.num, k.kind == numKey }

// String is the key as it stands in an address, with its brackets: `["a"]`, `[0]`, or nothing.
func (k Key) String() string {
	switch k.kind {
	case textKey:
		return "[" + quote(k.text) + "]"
	case numKey:
		return "[" + strconv.Itoa(k.num) + "]"
	default:
		return ""
	}
}

// Compare orders keys: none, then numbers by value, then texts by their bytes.
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(rank(k), rank(other)), cmp.Compare(k.num, other.num), cmp.Compare(k.text, other.text))
}

func rank(k Key) int {
	switch k.kind {
	case noKey:
		return 0
	case numKey:
		return 1
	default:
		return 2
	}
}

// String is the address as a user writes it: `auth.easemob.im["a"]`.
func (a Addr) String() string { return "auth." + a.Vendor + "." + a.Name + a.Key.String() }

// Block is the address without its key.
func (a Addr) Block() Addr { return Addr{Vendor: a.Vendor, Name: a.Name} }

// Covers tells whether other is a, or an instance of the block that a names without a key.
func (a Addr) Covers(other Addr) bool {
	return a == other || !a.Key.IsSet() && a == other.Block()
}

// Compare orders addresses by vendor, name and key.
func (a Addr) Compare(other Addr) int {
	return cmp.Or(cmp.Compare(a.Vendor, other.Vendor), cmp.Compare(a.Name, other.Name), a.Key.Compare(other.Key))
}

// ParseAddr reads an address as a user writes it, with or without a key. The error says how an address looks.
func ParseAddr(text string) (Addr, error) {
	t, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
	if !diags.HasErrors() {
		if addr, rest, ok := addrOf(t); ok && len(rest) == 0 {
			return addr, nil
		}
	}
	return Addr{}, fmt.Errorf("%q is no address: an address is auth.<vendor>.<name>, with [\"key\"] or [number] behind it for one instance", text)
}

// addrOf reads the address at the beginning of a traversal, and gives what follows it.
func addrOf(t hcl.Traversal) (Addr, hcl.Traversal, bool) {
	if len(t) < 3 || t.IsRelative() || t.RootName() != "auth" {
		return Addr{}, nil, false
	}
	vendor, ok1 := stepName(t[1])
	name, ok2 := stepName(t[2])
	if !ok1 || !ok2 {
		return Addr{}, nil, false
	}
	addr, rest := Addr{Vendor: vendor, Name: name}, t[3:]
	if len(rest) > 0 {
		if index, ok := rest[0].(hcl.TraverseIndex); ok {
			if key, ok := keyOf(index.Key); ok {
				addr.Key, rest = key, rest[1:]
			}
		}
	}
	return addr, rest, true
}

// stepName is the name that a step of a traversal goes to, written .name or ["name"].
func stepName(step hcl.Traverser) (string, bool) {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if key, ok := keyOf(step.Key); ok {
			return key.Text()
		}
	}
	return "", false
}

// keyOf makes a key of a literal index.
func keyOf(v cty.Value) (Key, bool) {
	switch {
	case v.IsNull() || !v.IsKnown():
		return Key{}, false
	case v.Type() == cty.String:
		return TextKey(v.AsString()), true
	case v.Type() == cty.Number:
		if num, accuracy := v.AsBigFloat().Int64(); accuracy == big.Exact && num >= 0 && num <= 1<<31-1 {
			return NumKey(int(num)), true
		}
	}
	return Key{}, false
}

// quote writes a string as HCL does, so that [ParseAddr] reads it back: a template sequence in it stays text.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(text[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
