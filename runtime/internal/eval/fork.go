package eval

import (
	"maps"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/zclconf/go-cty/cty"
)

// Fork makes a Scope of the same flow and the same inputs in which no credential is known yet. What becomes known in one is not seen in the
// other, so that runs of one flow at the same time do not mix. It costs some nanoseconds a block. The schemas that are described are those
// of s; the fork may learn more of its own.
func (s *Scope) Fork() *Scope {
	f := &Scope{
		flow: s.flow, in: s.in, root: s.root, files: s.files, vars: s.vars, instances: s.instances, index: s.index, spread: s.spread,
		graph: s.graph, schemas: maps.Clone(s.schemas), supposing: s.supposing,
		locals: make(map[string]*local, len(s.locals)), blocks: make(map[flow.Addr]*block, len(s.blocks)), ordered: make([]*block, len(s.ordered)),
		credentials: make([]cty.Value, len(s.credentials)),
	}
	for name, l := range s.locals {
		f.locals[name] = &local{decl: l.decl, refs: l.refs, node: l.node, cyclic: l.cyclic, chain: l.chain}
	}
	for i, b := range s.ordered {
		f.ordered[i] = &block{decl: b.decl, instances: b.instances, node: b.node, broken: b.broken, unknown: b.unknown}
		f.blocks[b.decl.Addr()] = f.ordered[i]
	}
	return f
}
