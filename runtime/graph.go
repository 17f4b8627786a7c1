package runtime

import (
	"context"

	"github.com/authrun/authrun/runtime/internal/flow"
)

// Graph says what of a flow needs what.
type Graph struct {
	Nodes []Node // auth blocks and then outputs, each in the flow's order
}

// Node is an auth block or an output of a [Graph].
type Node struct {
	Address string // of an auth block, without a key
	Output  string // name of an output; then Address is empty

	Repeated  bool     // the block has for_each or count
	Known     bool     // its instances are known: not where they depend on an input without a value
	Instances []string // addresses of a repeated block's instances, in the order of their keys

	// Needs are the addresses of the blocks, and of single instances of them, that it refers to directly or through locals, each once. All
	// instances of a block need the same.
	Needs []string
}

// Graph draws the flow as far as it is known: cycles are in it, and references to what is not declared are not. It starts no plugin, reads no
// store and needs no inputs; load the flow with [Inputs.NoInputs] where some may be missing. The diagnostics say why the instances of a block
// are not known.
func (f *Flow) Graph(context.Context) (Graph, Diagnostics) {
	f = f.fork()
	var g Graph
	for _, part := range f.scope.Parts() {
		n := Node{Output: part.Output, Repeated: part.Repeated, Known: part.Known, Instances: texts(part.Instances), Needs: texts(part.Needs)}
		if part.Output == "" {
			n.Address = part.Addr.String()
		}
		g.Nodes = append(g.Nodes, n)
	}
	_, diags := f.scope.Instances()
	return g, f.diagnose(diags)
}

// texts writes addresses as a user does.
func texts(addrs []flow.Addr) []string {
	var all []string
	for _, addr := range addrs {
		all = append(all, addr.String())
	}
	return all
}
