package sdk

import (
	"strconv"
	"strings"
	"unicode"
)

// Clean makes a vendor's words fit for a person's eyes: valid UTF-8 on one line, without control, invisible or direction-changing
// characters, spaces folded, and at most 200 runes with "…" behind what was cut off. It never cuts through a word of ASCII characters:
// half a token would no longer be recognised, and so not be redacted.
func Clean(words string) string { return cleanTo(words, 200) }

func cleanTo(words string, most int) string {
	kept := make([]rune, 0, min(len(words), most+2))
	space := false
	for _, r := range words { // invalid bytes come as U+FFFD
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			space = len(kept) > 0
			continue
		case !unicode.IsPrint(r):
			continue
		}
		if space {
			kept, space = append(kept, ' '), false
		}
		if kept = append(kept, r); len(kept) > most {
			whole := strings.TrimRightFunc(string(kept[:most-1]), func(r rune) bool { return r > ' ' && r < unicode.MaxASCII })
			return strings.TrimRight(whole, " ") + "…"
		}
	}
	return string(kept)
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
