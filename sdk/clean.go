package sdk

import (
	"strconv"
	"strings"
	"unicode"
)

// Clean makes a vendor's words fit for a person's eyes: valid UTF-8 on one line, without control, invisible or direction-changing
// characters, spaces folded, and at most 200 runes, the last of which is "…" where words were cut off.
func Clean(words string) string { return cleanTo(words, 200) }

func cleanTo(words string, most int) string {
	var b strings.Builder
	var last rune // what stands before b's end, to be able to cut it off
	space, count := false, 0
	for _, r := range words { // invalid bytes come as U+FFFD
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = count > 0
			continue
		}
		if !unicode.IsPrint(r) {
			continue
		}
		if space {
			if count+1 >= most {
				return cut(&b, last, count < most)
			}
			b.WriteByte(' ')
			count, last, space = count+1, ' ', false
		}
		if count == most {
			return cut(&b, last, false)
		}
		b.WriteRune(r)
		count, last = count+1, r
	}
	return b.String()
}

// cut ends b with "…", in the place of its last rune where there is no room for another.
func cut(b *strings.Builder, last rune, room bool) string {
	s := b.String()
	if !room {
		s = strings.TrimSuffix(s, string(last))
	}
	return strings.TrimRight(s, " ") + "…"
}

// quoteCode is a vendor's error code for a sentence: bare where it is a plain word or number, else quoted and cut.
func quoteCode(code string) string {
	if code == "" {
		return "without a code"
	}
	plain := strings.IndexFunc(code, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.')
	}) < 0
	if plain && len(code) <= 40 {
		return code
	}
	return strconv.Quote(cleanTo(code, 40))
}
