package eval

import (
	"bytes"
	"regexp"
	"strconv"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/text/unicode/norm"
)

// escape is a character written by its number in a string of HCL or JSON.
var escape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`) })

// changedSource tells whether the text of an expression holds characters that Unicode's form C changes, so that its value is not what its
// author wrote.
func (s *Scope) changedSource(e hcl.Expression) bool {
	r := e.Range()
	file := s.flow.Files[r.Filename]
	if file == nil {
		file = s.files[r.Filename]
	}
	if file == nil || r.End.Byte > len(file.Bytes) || r.Start.Byte > r.End.Byte {
		return false
	}
	text := file.Bytes[r.Start.Byte:r.End.Byte]
	if bytes.IndexByte(text, '\\') >= 0 {
		text = escape().ReplaceAllFunc(text, func(code []byte) []byte {
			n, err := strconv.ParseUint(string(code[2:]), 16, 32)
			if err != nil {
				return code
			}
			return []byte(string(rune(n)))
		})
	}
	return !norm.NFC.IsNormal(text)
}
