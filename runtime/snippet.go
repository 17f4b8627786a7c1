package runtime

import (
	"bytes"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// snippetLines is how many lines of source a snippet has at most.
const snippetLines = 8

// hidden stands in a snippet where a secret does.
const hidden = "(sensitive)"

// snippet cuts the lines of a place out of its file, hides the secrets in them, and says where the place is. nil: the file is not at hand,
// or is not text.
func (f *Flow) snippet(subject hcl.Range) *Snippet {
	file := f.source(subject.Filename)
	if file == nil || subject.Start.Byte > len(file.Bytes) || subject.End.Byte < subject.Start.Byte {
		return nil
	}
	src := file.Bytes
	end := min(subject.End.Byte, len(src))
	from := bytes.LastIndexByte(src[:subject.Start.Byte], '\n') + 1
	to := from
	for line := 0; line < snippetLines && to < len(src); line++ {
		next := bytes.IndexByte(src[to:], '\n')
		if next < 0 {
			to = len(src) + 1
			break
		}
		to += next + 1
		if to > end {
			break
		}
	}
	to = max(from, to-1) // without the last line end
	to = min(to, len(src))
	end = min(end, to)
	cut := f.mask(src, subject.Filename, from, to)
	before, marked, after := cut(from, subject.Start.Byte), cut(subject.Start.Byte, end), cut(end, to)
	s := &Snippet{StartLine: subject.Start.Line, Code: before + marked + after, Start: len(before), End: len(before) + len(marked)}
	s.Context = f.header(file, subject)
	return s
}

// source is a file of the flow, or of its variables; nil: it is neither.
func (f *Flow) source(name string) *hcl.File {
	if file := f.model.Files[name]; file != nil || f.scope == nil {
		return file
	}
	return f.scope.Files()[name]
}

// mask gives a function that cuts a piece of src with the literals of sensitive arguments and all known secrets hidden.
func (f *Flow) mask(src []byte, filename string, from, to int) func(from, to int) string {
	var ranges []hcl.Range
	for _, r := range f.sensitive() {
		if r.Filename == filename && r.Start.Byte < to && r.End.Byte > from {
			ranges = append(ranges, r)
		}
	}
	sort.Slice(ranges, func(i, j int) bool { return ranges[i].Start.Byte < ranges[j].Start.Byte })
	return func(from, to int) string {
		var b strings.Builder
		at := from
		for _, r := range ranges {
			start, end := max(r.Start.Byte, at), min(r.End.Byte, to)
			if start >= end {
				continue
			}
			b.WriteString(f.rt.hide(string(src[at:start])))
			b.WriteString(hidden)
			at = end
		}
		if at < to {
			b.WriteString(f.rt.hide(string(src[at:to])))
		}
		return strings.ReplaceAll(b.String(), "\r", "")
	}
}

// header is the header of the block around a place, where it begins on another line: what the reader wants to know first.
func (f *Flow) header(file *hcl.File, subject hcl.Range) string {
	block := file.OutermostBlockAtPos(subject.Start)
	if block == nil || block.DefRange.Start.Line == subject.Start.Line {
		return ""
	}
	words := append([]string{block.Type}, block.Labels...)
	for i := 1; i < len(words); i++ {
		words[i] = `"` + words[i] + `"`
	}
	return strings.Join(words, " ")
}
