package lock

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// head is what the file begins with.
const head = "# Written by \"authrun init\", to be kept with the flow. Change required_plugins and run it again, not this file.\n\n"

// Text is the file that locks plugins: the same for the same plugins in whatever order.
func Text(plugins []Plugin) []byte {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	body.SetAttributeValue("format", cty.NumberIntVal(format))
	for _, p := range sorted(plugins) {
		body.AppendNewline()
		block := body.AppendNewBlock("plugin", []string{p.Vendor}).Body()
		block.SetAttributeValue("source", cty.StringVal(p.Source))
		block.SetAttributeValue("version", cty.StringVal(p.Version))
		if p.Constraints != "" {
			block.SetAttributeValue("constraints", cty.StringVal(p.Constraints))
		}
		var hashes []hclwrite.ObjectAttrTokens
		for _, platform := range slices.Sorted(maps.Keys(p.Hashes)) {
			hashes = append(hashes, hclwrite.ObjectAttrTokens{Name: hclwrite.TokensForIdentifier(platform),
				Value: hclwrite.TokensForValue(cty.StringVal(p.Hashes[platform]))})
		}
		block.SetAttributeRaw("hashes", hclwrite.TokensForObject(hashes))
	}
	return append([]byte(head), hclwrite.Format(file.Bytes())...)
}

// Write makes the file at path lock these plugins, and tells whether that changed it. Whoever reads it meanwhile sees the old or the new one. It stays
// a link where it is one.
func Write(path string, plugins []Plugin) (changed bool, err error) {
	text := Text(plugins)
	if old, err := read(system, path); err == nil && bytes.Equal(old, text) {
		return false, nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f, err := os.CreateTemp(filepath.Dir(path), Name+".new-*")
	if err != nil {
		return false, err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()) // everybody who reads the flow reads it
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return false, errors.Join(err, os.Remove(f.Name()))
	}
	return true, nil
}
