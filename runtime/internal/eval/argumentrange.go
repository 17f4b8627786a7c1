package eval

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
)

// ArgumentRange is the place of the argument that a plugin means by a path: a name, or a block's name, its number from 0 on, and so on
// inwards. Of a block that `dynamic` makes it is the place in its content. Where an argument is not set, or the path goes further than the
// flow does, it is the place of the innermost block on the way; nil where not even the first step leads anywhere.
// The path "network" is the block's network block.
func (s *Scope) ArgumentRange(i Instance, path []string) *hcl.Range {
	sc := s.schemas[i.Addr.Vendor]
	switch {
	case sc == nil || len(path) == 0:
		return nil
	case path[0] == "network" && i.Auth.Network != nil:
		return i.Auth.Network.Range.Ptr()
	}
	body := i.Auth.Body
	if len(sc.config.blocks) > 0 {
		body = dynblock.Expand(body, s.context(i.Auth.Uses, place{inst: &i}))
	}
	return rangeIn(sc.config, body, path)
}

// rangeIn follows a path inside a body.
func rangeIn(bs *blockSchema, body hcl.Body, path []string) *hcl.Range {
	content, _, _ := body.PartialContent(bs.body) // what is wrong with it was told before the plugin saw it
	if attr := content.Attributes[path[0]]; attr != nil {
		return attr.Expr.Range().Ptr()
	}
	at := slices.IndexFunc(bs.blocks, func(n *nestedSchema) bool { return n.Name == path[0] })
	if at < 0 {
		return nil
	}
	number := 0
	if len(path) > 1 {
		var err error
		if number, err = strconv.Atoi(path[1]); err != nil {
			return nil
		}
	}
	for _, block := range content.Blocks {
		if block.Type != path[0] {
			continue
		}
		if number > 0 {
			number--
			continue
		}
		if len(path) > 2 {
			if inner := rangeIn(bs.blocks[at].inner, block.Body, path[2:]); inner != nil {
				return inner
			}
		}
		return block.DefRange.Ptr()
	}
	return nil
}
