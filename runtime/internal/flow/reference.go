package flow

import "github.com/hashicorp/hcl/v2"

// Kind is what a [Reference] refers to.
type Kind int

// The kinds of reference.
const (
	RefOther Kind = iota // a name that is none of the flow's: an iterator of a dynamic block, or a mistake
	RefVar               // var.<name>
	RefLocal             // local.<name>
	RefAuth              // auth.<vendor>.<name>
	RefEach              // each.key, each.value
	RefCount             // count.index
	RefSelf              // self
)

// Reference is one use of a name in an expression.
type Reference struct {
	Kind  Kind
	Name  string        // of the variable or local; the step after each, count and self; the root of RefOther
	Addr  Addr          // of RefAuth; with a key only where it is written as a literal
	Rest  hcl.Traversal // what follows the name or address
	Whole bool          // the name or address is incomplete: `var`, `auth.easemob`, `auth.easemob[each.key]`
	Range hcl.Range
}

// Refer reads a traversal as a reference.
func Refer(t hcl.Traversal) Reference {
	ref := Reference{Kind: kinds(t.RootName()), Range: t.SourceRange()}
	switch ref.Kind {
	case RefOther:
		ref.Name, ref.Rest = t.RootName(), t[1:]
	case RefAuth:
		var ok bool
		ref.Addr, ref.Rest, ok = addrOf(t)
		if !ok {
			ref.Whole, ref.Rest = true, t[1:]
		}
	default:
		if len(t) < 2 {
			ref.Whole = true
			break
		}
		name, ok := stepName(t[1])
		ref.Name, ref.Rest, ref.Whole = name, t[2:], !ok
	}
	return ref
}

// References reads the traversals of an expression, in their order.
func References(traversals []hcl.Traversal) []Reference {
	refs := make([]Reference, 0, len(traversals))
	for _, t := range traversals {
		if len(t) > 0 && !t.IsRelative() {
			refs = append(refs, Refer(t))
		}
	}
	return refs
}

func kinds(root string) Kind {
	switch root {
	case "var":
		return RefVar
	case "local":
		return RefLocal
	case "auth":
		return RefAuth
	case "each":
		return RefEach
	case "count":
		return RefCount
	case "self":
		return RefSelf
	default:
		return RefOther
	}
}

// NextName is the name that the first step of a relative traversal goes to, and whether it goes to one.
func NextName(rest hcl.Traversal) (string, bool) {
	if len(rest) == 0 {
		return "", false
	}
	return stepName(rest[0])
}
