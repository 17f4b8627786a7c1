package functions

import (
	"errors"
	"strings"

	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// The bounds of what yamldecode takes. A few hundred bytes of YAML whose aliases name aliases can stand for gigabytes.
const (
	maxYAML    = 1 << 20
	maxAliases = 32
)

var (
	yamlEncode = described(yaml.YAMLEncodeFunc, "A value written as YAML.")
	yamlDecode = limited(described(yaml.YAMLDecodeFunc, "The value of a YAML document."), func(args []cty.Value) error {
		text, ok := textArg(args[0])
		switch {
		case !ok:
			return nil
		case len(text) > maxYAML:
			return function.NewArgErrorf(0, "the document is larger than %d MiB", maxYAML>>20)
		case strings.Count(text, "*") > maxAliases && aliases(text) > maxAliases:
			return function.NewArgErrorf(0, "the document has more than %d aliases (*name)", maxAliases)
		case nests(text) || strings.Count(strings.ReplaceAll(text, " ", ""), strings.Repeat("-", maxNesting)) > 0:
			return function.NewArgError(0, errNested)
		}
		return nil
	})
)

// aliases counts what may be an alias: a star at the beginning of a word.
func aliases(text string) int {
	n := 0
	for i := range len(text) - 1 {
		if text[i] == '*' && text[i+1] != ' ' && text[i+1] != '*' && (i == 0 || strings.IndexByte(" \t\n\r[{,:-", text[i-1]) >= 0) {
			n++
		}
	}
	return n
}

var errNested = errors.New("the document nests too deep")
