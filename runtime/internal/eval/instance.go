package eval

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"
)

// maxCount is the largest count, and the largest number of elements of for_each.
const maxCount = 100_000

// Instance is one auth block to be made valid: the only one of its block, or one of for_each or count.
type Instance struct {
	Addr flow.Addr
	Auth *flow.Auth

	each  cty.Value // object of key and value; NilVal: no for_each
	count cty.Value // object of index; NilVal: no count
}

// block is an auth block with its instances.
type block struct {
	decl      *flow.Auth
	instances []int // in Scope.instances, in the order of their keys
	node      int   // in the scope's graph
	broken    bool  // for_each or count is wrong: the instances are not known
	unknown   bool  // for_each or count is not known yet

	mu    sync.Mutex
	value cty.Value // of a block with for_each or count; NilVal: to be made anew
}

// repeated tells whether the block has for_each or count.
func (b *block) repeated() bool { return b.decl.ForEach != nil || b.decl.Count != nil }

// Instances are the auth blocks to be made valid, in the flow's order, and what is wrong with for_each and count.
func (s *Scope) Instances() ([]Instance, hcl.Diagnostics) { return s.instances, s.spread }

// declareBlocks makes the blocks and their instances.
func (s *Scope) declareBlocks() {
	for _, decl := range s.flow.Auths {
		b := &block{decl: decl}
		s.blocks[decl.Addr()] = b
		s.ordered = append(s.ordered, b)
		var diags hcl.Diagnostics
		switch {
		case decl.ForEach != nil:
			diags = s.forEach(b)
		case decl.Count != nil:
			diags = s.count(b)
		default:
			s.instance(b, Instance{Addr: decl.Addr(), Auth: decl})
		}
		b.broken = diags.HasErrors()
		s.spread = append(s.spread, about(diags, decl.Addr())...)
	}
	s.credentials = make([]cty.Value, len(s.instances))
}

func (s *Scope) instance(b *block, i Instance) {
	b.instances = append(b.instances, len(s.instances))
	s.index[i.Addr] = len(s.instances)
	s.instances = append(s.instances, i)
}

// forEach makes an instance for each element of a map, an object or a set of strings.
func (s *Scope) forEach(b *block) hcl.Diagnostics {
	e := b.decl.ForEach
	v, diags := s.constantValue(e)
	if diags.HasErrors() {
		return diags
	}
	fail := func(detail string, args ...any) hcl.Diagnostics {
		return append(diags, s.wrong(e, "Invalid for_each", fmt.Sprintf(detail, args...)))
	}
	if _, marks := v.Unmark(); markedSensitive(marks) {
		return fail("for_each is sensitive, but its keys become part of addresses, which everybody sees. Go over the keys only, with nonsensitive(keys(...)), and look the values up.")
	}
	v, _ = v.Unmark()
	ty := v.Type()
	switch {
	case v.IsNull():
		return fail("for_each is null. For no instances give it an empty map: {}.")
	case !v.IsKnown():
		b.unknown = true
		if s.in.NoInputs {
			return diags
		}
		return fail("for_each is not known before the flow runs. Make it of variables, locals and functions of these.")
	case ty.IsTupleType() || ty.IsListType():
		return fail("for_each needs a map, or a set of strings; this is a list. Write toset(...) around a list of strings.")
	case !ty.IsMapType() && !ty.IsObjectType() && !ty.IsSetType():
		return fail("for_each needs a map, or a set of strings; this is %s.", ty.FriendlyName())
	}
	if n := v.LengthInt(); n > maxCount {
		return fail("for_each has %d elements; at most %d are allowed.", n, maxCount)
	}
	set := ty.IsSetType()
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if set {
			key = value
		}
		if mark.IsSensitive(key) {
			return fail("A key of for_each is sensitive, but keys become part of addresses, which everybody sees.")
		}
		key, _ = key.Unmark()
		switch {
		case key.Type() != cty.String:
			return fail("for_each needs a map, or a set of strings; this is a set of %s.", key.Type().FriendlyName())
		case !key.IsKnown() || key.IsNull():
			return fail("A key of for_each is null, or not known before the flow runs.")
		}
		addr := b.decl.Addr()
		addr.Key = flow.TextKey(key.AsString())
		if set {
			value = key
		}
		s.instance(b, Instance{Addr: addr, Auth: b.decl, each: cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})})
	}
	return diags
}

// count makes as many instances as count says.
func (s *Scope) count(b *block) hcl.Diagnostics {
	e := b.decl.Count
	v, diags := s.constantValue(e)
	if diags.HasErrors() {
		return diags
	}
	fail := func(detail string, args ...any) hcl.Diagnostics {
		return append(diags, s.wrong(e, "Invalid count", fmt.Sprintf(detail, args...)))
	}
	if mark.IsSensitive(v) {
		return fail("count is sensitive, but everybody sees how many instances there are. Write nonsensitive(...) around it if that is no secret.")
	}
	v, _ = v.UnmarkDeep()
	v, err := convert.Convert(v, cty.Number)
	switch {
	case err != nil:
		return fail("count needs a whole number, and %s.", conversionProblem(err))
	case v.IsNull():
		return fail("count is null. For no instances give it 0.")
	case !v.IsKnown():
		b.unknown = true
		if s.in.NoInputs {
			return diags
		}
		return fail("count is not known before the flow runs. Make it of variables, locals and functions of these.")
	}
	var n int
	if err := gocty.FromCtyValue(v, &n); err != nil || n < 0 || n > maxCount {
		return fail("count needs a whole number from 0 to %d.", maxCount)
	}
	for i := range n {
		addr := b.decl.Addr()
		addr.Key = flow.NumKey(i)
		s.instance(b, Instance{Addr: addr, Auth: b.decl, count: cty.ObjectVal(map[string]cty.Value{"index": cty.NumberIntVal(int64(i))})})
	}
	return diags
}

// constantValue evaluates what must be known before anything runs: it may refer to variables, and to locals that refer to no auth block.
func (s *Scope) constantValue(e hcl.Expression) (cty.Value, hcl.Diagnostics) {
	refs := flow.References(e.Variables())
	if via, ok := s.reachesAuth(refs, nil); ok {
		return cty.DynamicVal, hcl.Diagnostics{s.wrong(e, "Depends on a credential", fmt.Sprintf("This must be known before the flow runs, but "+
			"it refers to %s. Make it of variables, locals and functions of these.", via))}
	}
	v, diags := s.evaluate(e, refs, place{only: noInstance})
	return v, append(diags, s.localDiags(refs)...)
}

// reachesAuth tells whether references lead to an auth block, directly or through locals, and names what leads there first.
func (s *Scope) reachesAuth(refs []flow.Reference, seen map[string]bool) (via string, found bool) {
	for _, ref := range refs {
		switch ref.Kind {
		case flow.RefAuth:
			return strings.TrimSuffix(ref.Addr.String(), "."), true
		case flow.RefLocal:
			l := s.locals[ref.Name]
			if l == nil || seen[ref.Name] {
				continue
			}
			if seen == nil {
				seen = make(map[string]bool)
			}
			seen[ref.Name] = true
			if _, found := s.reachesAuth(l.refs, seen); found {
				return "local." + ref.Name + ", which depends on an auth block", true
			}
		}
	}
	return "", false
}

// keysOf lists the keys of a block's instances, for offering the nearest.
func (s *Scope) keysOf(b *block) []string {
	var keys []string
	for _, i := range b.instances {
		keys = append(keys, s.instances[i].Addr.Key.String())
	}
	slices.Sort(keys)
	return keys
}

func markedSensitive(marks cty.ValueMarks) bool {
	_, ok := marks[mark.Sensitive]
	return ok
}
