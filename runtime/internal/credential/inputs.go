package credential

import (
	"encoding/json"
	"maps"

	"github.com/authrun/authrun/runtime/store"
)

// inputs is what a store remembers of the arguments of a block: a keyed hash of each. By it a reader who lacks some of them can tell that the
// others are unchanged.
func (k *Keeper) inputs(b Block) []byte {
	hashes := map[string]string{}
	for name, value := range b.identifying() {
		hashes[name] = k.Hasher.Argument(b.Schema.Vendor, name, value)
	}
	// A map of texts always has a JSON form.
	text, _ := json.Marshal(hashes)
	return text
}

// identifying are the arguments that tell the block's credential from others, as far as they are known.
func (b Block) identifying() map[string]json.RawMessage {
	all := maps.Clone(b.Account)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	maps.Copy(all, b.Set)
	return all
}

// find is the key of the block's record. Where arguments are not known it is that of the record which the address used last, if the arguments
// that are known have not changed since; else ok is false.
func (k *Keeper) find(b Block) (key store.Key, ok bool) {
	if len(b.Unknown) == 0 {
		return k.keyOf(b), true
	}
	if b.Used == nil || b.Used.Key.Vendor != b.Schema.Vendor {
		return key, false
	}
	var then map[string]string
	if json.Unmarshal(b.Used.Inputs, &then) != nil || len(then) == 0 {
		return key, false
	}
	for name, value := range b.identifying() {
		if then[name] != k.Hasher.Argument(b.Schema.Vendor, name, value) {
			return key, false
		}
		delete(then, name)
	}
	for _, name := range b.Unknown {
		delete(then, name)
	}
	// What is left was set then, and is not now.
	return b.Used.Key, len(then) == 0
}

// used is what a store is to remember of the record that the block used; nil: it remembers that already.
func (k *Keeper) used(b Block, key store.Key) *store.Use {
	if b.Flow == "" {
		return nil
	}
	if b.Used != nil && b.Used.Key == key && (len(b.Unknown) > 0 || len(b.Used.Inputs) > 0) {
		return nil
	}
	return &store.Use{Flow: b.Flow, Address: b.Address, Key: key, Inputs: k.inputs(b), At: k.Now()}
}
