package eval

import (
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/zclconf/go-cty/cty"
)

// authView is the part of `auth` that one expression sees, by vendor and name.
type authView struct {
	vendors map[string]map[string]*shown
}

// shown is what is seen of a block: all of it, or some of its instances.
type shown struct {
	whole bool
	value cty.Value
	text  map[string]cty.Value // of for_each
	num   map[int]cty.Value    // of count
}

func newAuthView() *authView { return &authView{vendors: make(map[string]map[string]*shown)} }

// show adds what a reference names to the view.
func (s *Scope) show(view *authView, ref flow.Reference) {
	addr := ref.Addr.Block()
	b := s.blocks[addr]
	if b == nil || ref.Whole {
		return
	}
	names := view.vendors[addr.Vendor]
	if names == nil {
		names = make(map[string]*shown)
		view.vendors[addr.Vendor] = names
	}
	part := names[addr.Name]
	if part == nil {
		part = &shown{text: make(map[string]cty.Value), num: make(map[int]cty.Value)}
		names[addr.Name] = part
	}
	if part.whole {
		return
	}
	i, ok := s.index[ref.Addr]
	text, isText := ref.Addr.Key.Text()
	num, isNum := ref.Addr.Key.Num()
	switch {
	case b.repeated() && ok && isText:
		part.text[text] = s.credential(i)
	case b.repeated() && ok && isNum:
		part.num[num] = s.credential(i)
	default:
		part.whole, part.value = true, s.blockValue(b)
	}
}

// object is the value of `auth`.
func (view *authView) object() cty.Value {
	vendors := make(map[string]cty.Value, len(view.vendors))
	for vendor, names := range view.vendors {
		blocks := make(map[string]cty.Value, len(names))
		for name, part := range names {
			blocks[name] = part.object()
		}
		vendors[vendor] = cty.ObjectVal(blocks)
	}
	return cty.ObjectVal(vendors)
}

func (p *shown) object() cty.Value {
	switch {
	case p.whole:
		return p.value
	case len(p.num) > 0:
		last := 0
		for n := range p.num {
			last = max(last, n)
		}
		elements := make([]cty.Value, last+1)
		for n := range elements {
			elements[n] = cty.DynamicVal
			if v, ok := p.num[n]; ok {
				elements[n] = v
			}
		}
		return cty.TupleVal(elements)
	default:
		return cty.ObjectVal(p.text)
	}
}

// blockValue is the value of a whole block: of its only instance, or an object or tuple of all. The latter is kept until a credential in it
// changes.
func (s *Scope) blockValue(b *block) cty.Value {
	switch {
	case b.broken || b.unknown:
		return cty.DynamicVal
	case !b.repeated():
		return s.credential(b.instances[0])
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.value != cty.NilVal {
		return b.value
	}
	if b.decl.Count != nil {
		elements := make([]cty.Value, len(b.instances))
		for n, i := range b.instances {
			elements[n] = s.credential(i)
		}
		b.value = cty.TupleVal(elements)
		return b.value
	}
	elements := make(map[string]cty.Value, len(b.instances))
	for _, i := range b.instances {
		key, _ := s.instances[i].Addr.Key.Text()
		elements[key] = s.credential(i)
	}
	b.value = cty.ObjectVal(elements)
	return b.value
}

// forget drops the value, because a credential in it changed.
func (b *block) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.value = cty.NilVal
}
