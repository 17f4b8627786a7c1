package runtime

// Names are the names that a flow declares, for completion.
type Names struct {
	Variables []string // sorted
	Addresses []string // of auth blocks, of one with for_each or count those of its instances, in the flow's order
	Outputs   []string // sorted
}

// Names gives the names that the flow declares. It starts no plugin and reads no store.
func (f *Flow) Names() Names {
	return Names{Variables: f.scope.VariableNames(), Addresses: texts(f.scope.Addresses()), Outputs: f.scope.OutputNames()}
}
