package flow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// MaxSize is the size in bytes above which a file is refused.
const MaxSize = 16 << 20

// find lists the files of a flow at path, a file or a folder, and the folder that they lie in.
func (p Place) find(path string) (files []string, dir string, diags hcl.Diagnostics) {
	info, err := p.Stat(path)
	if err != nil {
		return nil, "", hcl.Diagnostics{unreadable(path, err)}
	}
	if !info.IsDir() {
		return []string{path}, p.folder(path), nil
	}
	entries, err := p.ReadDir(path)
	if err != nil {
		return nil, "", hcl.Diagnostics{unreadable(path, err)}
	}
	for _, entry := range entries {
		if isFlowFile(entry.Name()) && !entry.IsDir() {
			files = append(files, p.Join(path, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, path, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "No flow files",
			Detail: fmt.Sprintf("The folder %q holds no flow: no file in it ends in .hcl or .hcl.json. Name a flow file, or a folder "+
				"that holds some.", path),
		}}
	}
	return files, path, nil
}

// isFlowFile tells whether a file of a folder belongs to its flow. Hidden files and what editors leave behind do not.
func isFlowFile(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "#") &&
		(strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json"))
}

// ReadFile reads and parses one file of HCL: in the JSON form where its name ends in .json. A file that is there comes back as far as it
// could be understood; a file that could not be read, or is no text, is nil.
func (p Place) ReadFile(path string) (*hcl.File, hcl.Diagnostics) {
	src, err := p.readBounded(path)
	if err != nil {
		return nil, hcl.Diagnostics{unreadable(path, err)}
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if diag := notText(path, src); diag != nil {
		return nil, hcl.Diagnostics{diag}
	}
	return Parse(src, path)
}

// Parse parses the text of a file, in the JSON form where its name ends in .json.
func Parse(src []byte, filename string) (*hcl.File, hcl.Diagnostics) {
	if diag := TooDeep(src, filename); diag != nil {
		return nil, hcl.Diagnostics{diag}
	}
	if strings.HasSuffix(filename, ".json") {
		if diags := tooLargeJSON(src, filename); diags.HasErrors() {
			return nil, diags
		}
		return json.Parse(src, filename)
	}
	file, diags := parseParts(src, filename), hcl.Diagnostics(nil)
	if file == nil {
		file, diags = hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
		diags = firstUnclosed(diags)
	}
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		diags = append(diags, TooLarge(body, src)...)
	}
	return file, diags
}

// firstUnclosed keeps of the messages about one quote that is not closed the first: the parser takes the next quotes for what they are not.
func firstUnclosed(diags hcl.Diagnostics) hcl.Diagnostics {
	first := slices.IndexFunc(diags, func(d *hcl.Diagnostic) bool { return d.Summary == "Invalid multi-line string" })
	if first < 0 {
		return diags
	}
	return diags[:first+1]
}

var errTooLarge = errors.New("too large")

func (p Place) readBounded(path string) (src []byte, err error) {
	file, err := p.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	src, err = io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err == nil && len(src) > MaxSize {
		err = errTooLarge
	}
	return src, err
}

// unreadable says why a file or folder could not be read.
func unreadable(path string, err error) *hcl.Diagnostic {
	diag := &hcl.Diagnostic{Severity: hcl.DiagError}
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		diag.Summary = "No such file"
		diag.Detail = fmt.Sprintf("There is no file or folder %q. Check the path; relative paths start at the current folder.", path)
	case errors.Is(err, fs.ErrPermission):
		diag.Summary = "Unreadable file"
		diag.Detail = fmt.Sprintf("%q may not be read by this user. Change its permissions, or run as a user who may.", path)
	case errors.Is(err, errTooLarge):
		diag.Summary = "File too large"
		diag.Detail = fmt.Sprintf("%q is larger than %d MiB, so it is hardly a flow. Split it into several files of one folder if it is one.",
			path, MaxSize>>20)
	case errors.As(err, &pathErr):
		diag.Summary = "Unreadable file"
		diag.Detail = fmt.Sprintf("%q could not be read: %s.", path, pathErr.Err)
	default:
		diag.Summary = "Unreadable file"
		diag.Detail = fmt.Sprintf("%q could not be read: %s.", path, err)
	}
	return diag
}

// notText says that a file is no UTF-8 text, and where that shows.
func notText(path string, src []byte) *hcl.Diagnostic {
	at, what := -1, ""
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")):
		at, what = 0, "it is written in UTF-16"
	case bytes.IndexByte(src, 0) >= 0:
		at, what = bytes.IndexByte(src, 0), "it holds a zero byte, as programs and pictures do"
	case !utf8.Valid(src):
		at, what = firstInvalid(src), "its bytes are no UTF-8"
	default:
		return nil
	}
	line := bytes.Count(src[:at], []byte("\n")) + 1
	pos := hcl.Pos{Line: line, Column: 1, Byte: at}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Not a text file",
		Detail:   fmt.Sprintf("%q cannot be read as a flow: at line %d %s. Save it as UTF-8 text.", path, line, what),
		Subject:  &hcl.Range{Filename: path, Start: pos, End: pos},
	}
}

func firstInvalid(src []byte) int {
	at := 0
	for at < len(src) {
		r, size := utf8.DecodeRune(src[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return at
}
