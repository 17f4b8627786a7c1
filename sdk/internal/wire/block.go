package wire

import (
	"errors"
	"fmt"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// maxDepth is how deep blocks may be nested. No vendor needs more than two or three; without an end a plugin could exhaust the host's stack.
const maxDepth = 16

// blockToProto is a schema on the wire.
func blockToProto(b sdk.Block) *pluginpb.Block {
	out := &pluginpb.Block{Doc: b.Doc}
	for _, a := range b.Attributes {
		out.Attributes = append(out.Attributes, attributeToProto(a))
	}
	for _, n := range b.Blocks {
		out.Blocks = append(out.Blocks, &pluginpb.Nested{Name: n.Name, Block: blockToProto(n.Block), Min: uint32(n.Min), Max: uint32(n.Max),
			Volatile: n.Volatile})
	}
	for _, r := range b.Rules {
		out.Rules = append(out.Rules, &pluginpb.Rule{Kind: ruleKindToProto(r.Kind), Names: r.Names})
	}
	return out
}

// blockFromProto is a schema that a plugin gives, depth levels below the outermost. A rule of an unknown kind is left out: the vendor
// itself refuses what breaks it.
func blockFromProto(in *pluginpb.Block, depth int) (sdk.Block, error) {
	if depth > maxDepth {
		return sdk.Block{}, errors.New("blocks are nested too deep")
	}
	out := sdk.Block{Doc: in.GetDoc()}
	for _, a := range in.GetAttributes() {
		out.Attributes = append(out.Attributes, attributeFromProto(a))
	}
	for _, n := range in.GetBlocks() {
		inner, err := blockFromProto(n.GetBlock(), depth+1)
		if err != nil {
			return sdk.Block{}, fmt.Errorf("block %q: %w", n.GetName(), err)
		}
		out.Blocks = append(out.Blocks, sdk.Nested{Name: n.GetName(), Block: inner, Min: int(n.GetMin()), Max: int(n.GetMax()),
			Volatile: n.GetVolatile()})
	}
	for _, r := range in.GetRules() {
		if kind, ok := ruleKindFromProto(r.GetKind()); ok {
			out.Rules = append(out.Rules, sdk.Rule{Kind: kind, Names: r.GetNames()})
		}
	}
	return out, nil
}

func ruleKindToProto(k sdk.RuleKind) pluginpb.Rule_Kind {
	switch k {
	case sdk.RuleExactlyOne:
		return pluginpb.Rule_KIND_EXACTLY_ONE
	case sdk.RuleAtMostOne:
		return pluginpb.Rule_KIND_AT_MOST_ONE
	case sdk.RuleTogether:
		return pluginpb.Rule_KIND_TOGETHER
	}
	return pluginpb.Rule_KIND_UNSPECIFIED
}

func ruleKindFromProto(k pluginpb.Rule_Kind) (sdk.RuleKind, bool) {
	switch k {
	case pluginpb.Rule_KIND_EXACTLY_ONE:
		return sdk.RuleExactlyOne, true
	case pluginpb.Rule_KIND_AT_MOST_ONE:
		return sdk.RuleAtMostOne, true
	case pluginpb.Rule_KIND_TOGETHER:
		return sdk.RuleTogether, true
	}
	return "", false
}
