package flow

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	version "github.com/hashicorp/go-version"
)

// Settings is the `authrun` block.
type Settings struct {
	RequiredVersion version.Constraints // of authrun; nil: any
	VersionRange    hcl.Range           // of required_version
	Store           hcl.Expression      // nil: not set
	KeyFile         hcl.Expression      // nil: not set
	RequiredPlugins []RequiredPlugin
	Retry           *Retry   // defaults of all auth blocks; nil: none
	Network         *Network // defaults of all auth blocks; nil: none
}

// RequiredPlugin is one entry of `required_plugins`.
type RequiredPlugin struct {
	Vendor  string
	Source  string              // address; empty: the plugin is found by its name
	Version version.Constraints // nil: any
	Range   hcl.Range
}

var settingsSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "required_version"}, {Name: "store"}, {Name: "key_file"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "required_plugins"}, {Type: "retry"}, {Type: "network"}},
}

func (l *loader) settings(block *hcl.Block) {
	content := l.content("the authrun block", block.Body, settingsSchema)
	s := &l.flow.Settings
	var required string
	l.constant(content, "required_version", &required)
	if e := expr(content, "required_version"); e != nil {
		s.VersionRange = e.Range()
		s.RequiredVersion = l.constraint(required, e.Range())
	}
	s.Store, s.KeyFile = expr(content, "store"), expr(content, "key_file")
	s.Retry, s.Network = l.retry(content), l.network(content)
	if plugins := l.single(content, "required_plugins"); plugins != nil {
		for _, attr := range l.attributes("a required_plugins block", plugins.Body) {
			l.requiredPlugin(attr)
		}
	}
}

// requiredPlugin reads `easemob = { source = "./plugins", version = "~> 0.1" }`. What the source has to look like is left to who gets it.
func (l *loader) requiredPlugin(attr *hcl.Attribute) {
	p := RequiredPlugin{Vendor: attr.Name, Range: attr.Range}
	v, ok := literal(attr.Expr)
	if !ok || v.IsNull() || !v.Type().IsObjectType() {
		l.fail(attr.Expr.Range(), "Invalid plugin requirement", "What a plugin must be is written %s = { version = \"~> 0.1\" }.", attr.Name)
		return
	}
	parts := map[string]string{"source": "", "version": ""}
	for _, name := range slices.Sorted(maps.Keys(v.Type().AttributeTypes())) {
		if _, ok := parts[name]; !ok {
			l.fail(attr.Expr.Range(), "Invalid plugin requirement", "The requirement of a plugin has no part %q; it has source and version.", name)
			return
		}
		value := v.GetAttr(name)
		if value.IsNull() || value.Type() != cty.String || value.AsString() == "" {
			l.fail(attr.Expr.Range(), "Invalid plugin requirement", "The %s of a plugin is a string such as %q.", name,
				map[string]string{"source": "https://plugins.example.com/authrun", "version": "~> 0.1"}[name])
			return
		}
		parts[name] = value.AsString()
	}
	p.Source = parts["source"]
	if parts["version"] != "" {
		p.Version = l.constraint(parts["version"], attr.Expr.Range())
	}
	l.flow.Settings.RequiredPlugins = append(l.flow.Settings.RequiredPlugins, p)
}

// constraint reads a version constraint; one that is none is reported.
func (l *loader) constraint(text string, at hcl.Range) version.Constraints {
	c, err := version.NewConstraint(text)
	if err != nil {
		l.fail(at, "Invalid version constraint", "%q is no version constraint. Write one such as \">= 0.1\", \"~> 0.1\" or \">= 0.1, < 2.0\".", text)
		return nil
	}
	return c
}
