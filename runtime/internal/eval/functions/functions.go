// Package functions holds the functions of the flow language: those of go-cty's standard library under the names that people know from
// Terraform, and the few that are authrun's own.
//
// What a function needs of the world (environment, files, time, randomness) comes in by [World]. Every function is guarded: an error never
// shows a sensitive argument. The package is imported by package eval alone.
package functions

import (
	"io"
	"maps"
	"regexp"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// identifier is the form of a function's name.
var identifier = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })

// World is what functions see of the world.
type World struct {
	Place    flow.Place                       // where files lie whose paths are relative
	Dir      string                           // folder where relative paths start
	Env      func(name string) (string, bool) // the environment
	Now      time.Time                        // of this run; timestamp() gives it every time
	Random   io.Reader                        // for uuid()
	Own      map[string]Own                   // of the program that embeds authrun; they are checked
	NoInputs bool                             // a variable of the environment that is not set is unknown, not an error
}

// New makes the table of functions by name. It is never changed afterwards, and may be used by many goroutines.
func New(w World) map[string]function.Function {
	all := w.plain()
	for name, own := range w.Own {
		all[name] = own.function()
	}
	all["templatestring"] = templateString(all)
	all["templatefile"] = w.templateFile(all)
	for _, name := range []string{"jsondecode", "yamldecode", "parseint", "tonumber", "pow", "sum"} {
		all[name] = finite(all[name])
	}
	for name, f := range all {
		all[name] = guard(f)
	}
	// These take expressions instead of values, and report the errors of guarded functions.
	all["try"] = described(tryfunc.TryFunc, "The value of the first expression that has one without an error.")
	all["can"] = described(tryfunc.CanFunc, "Whether an expression has a value without an error.")
	return all
}

// plain is the table without guards and without the functions that call functions.
func (w World) plain() map[string]function.Function {
	all := standard()
	for name, f := range map[string]function.Function{
		"base64decode": base64Decode, "base64encode": base64Encode, "urlencode": urlEncode, "urldecode": urlDecode,
		"md5": md5Func, "sha1": sha1Func, "sha256": sha256Func, "sha512": sha512Func,
		"base64sha256": base64SHA256, "base64sha512": base64SHA512, "base64gzip": base64Gzip, "uuidv5": uuidV5,
		"hmac_md5": hmacMD5, "hmac_sha1": hmacSHA1, "hmac_sha256": hmacSHA256, "hmac_sha512": hmacSHA512,
		"yamlencode": yamlEncode, "yamldecode": yamlDecode, "timecmp": timeCmp,
		"index": indexFunc, "coalesce": coalesceFunc, "distinct": distinctFunc, "matchkeys": matchKeysFunc, "transpose": transposeFunc,
		"length": lengthFunc, "sum": sumFunc, "one": oneFunc, "alltrue": allTrueFunc, "anytrue": anyTrueFunc,
		"startswith": startsWith, "endswith": endsWith, "strcontains": strContains, "replace": replaceText,
		"sensitive": sensitiveFunc, "nonsensitive": nonsensitiveFunc, "issensitive": isSensitiveFunc,
		"env": w.env(), "file": w.file(), "fileexists": w.fileExists(), "filebase64": w.fileBase64(), "secret_file": w.secretFile(),
		"timestamp": w.timestamp(), "uuid": w.uuid(), "basename": basenameFunc, "dirname": dirnameFunc,
		"abspath": w.absPath(), "pathexpand": w.pathExpand(), "fileset": w.fileSet(),
	} {
		all[name] = f
	}
	maps.Copy(all, w.fileHashes())
	return all
}

// standard are the functions that go-cty has.
func standard() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "log": stdlib.LogFunc, "max": stdlib.MaxFunc,
		"min": stdlib.MinFunc, "parseint": parseInt, "pow": stdlib.PowFunc, "signum": stdlib.SignumFunc,

		"chomp": stdlib.ChompFunc, "format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc, "indent": indentFunc,
		"join": joinFunc, "lower": stdlib.LowerFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc,
		"split": stdlib.SplitFunc, "strlen": stdlib.StrlenFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
		"title": stdlib.TitleFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc,
		"trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc,

		"chunklist": stdlib.ChunklistFunc, "coalescelist": stdlib.CoalesceListFunc,
		"compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "keys": stdlib.KeysFunc,
		"lookup": stdlib.LookupFunc, "merge": stdlib.MergeFunc, "range": stdlib.RangeFunc, "reverse": stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc, "setproduct": setProduct, "setsubtract": stdlib.SetSubtractFunc,
		"setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "values": stdlib.ValuesFunc,
		"zipmap": stdlib.ZipmapFunc,

		"csvdecode": stdlib.CSVDecodeFunc, "jsondecode": jsonDecode, "jsonencode": stdlib.JSONEncodeFunc,
		"formatdate": stdlib.FormatDateFunc, "timeadd": stdlib.TimeAddFunc,

		"tobool": conversion("tobool"), "tolist": conversion("tolist"), "tomap": conversion("tomap"),
		"tonumber": conversion("tonumber"), "toset": conversion("toset"), "tostring": conversion("tostring"),
	}
}
