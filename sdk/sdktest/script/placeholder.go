package script

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// longest is the length up to which a placeholder is filled: as much as an answer may have.
const longest = 1 << 20

// placeholder is a text that is not shown.
var placeholder = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<([0-9]{1,7}) (character|digit)s?>`) })

// Hidden is the placeholder for a text: "<32 characters>", or "<7 digits>" where it has nothing else. Nothing needs none.
func Hidden(text string) string {
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0:
		return ""
	case strings.Trim(text, "0123456789") == "":
		return sized(n, "digit")
	}
	return sized(n, "character")
}

func sized(n int, what string) string {
	if n == 1 {
		return "<1 " + what + ">"
	}
	return fmt.Sprintf("<%d %ss>", n, what)
}

// fits tells whether got is the text of a template, in which placeholders stand for any text of their kind and length.
func fits(template, got string) bool {
	for {
		at := placeholder().FindStringSubmatchIndex(template)
		if at == nil {
			return template == got
		}
		var ok bool
		if got, ok = strings.CutPrefix(got, template[:at[0]]); !ok {
			return false
		}
		n, _ := strconv.Atoi(template[at[2]:at[3]]) // seven digits at most
		digits := template[at[4]:at[5]] == "digit"
		for ; n > 0; n-- {
			r, size := utf8.DecodeRuneInString(got)
			if size == 0 || digits && (r < '0' || r > '9') {
				return false
			}
			got = got[size:]
		}
		template = template[at[1]:]
	}
}

// fill puts a text into the place of each placeholder. It is made of hexadecimal digits and begins with a letter, or of decimal digits; the
// same seed makes the same text.
func fill(template, seed string) string {
	count := 0
	return placeholder().ReplaceAllStringFunc(template, func(found string) string {
		parts := placeholder().FindStringSubmatch(found)
		n, _ := strconv.Atoi(parts[1])
		if n > longest {
			return found
		}
		count++
		return madeUp(n, parts[2] == "digit", fmt.Sprintf("%s %d", seed, count))
	})
}

// madeUp is a text of n letters and digits, or of digits alone. It cannot be told from a token, and is none.
func madeUp(n int, digits bool, seed string) string {
	var text strings.Builder
	for block := 0; text.Len() < n; block++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", seed, block))
		part := hex.EncodeToString(sum[:])
		if digits {
			part = strings.Map(func(r rune) rune {
				if r >= 'a' {
					r += '1' - 'a'
				}
				return r
			}, part)
		}
		text.WriteString(part)
	}
	made := []byte(text.String()[:n])
	switch {
	case n == 0:
	case digits && made[0] == '0':
		made[0] = '1' // else it would be another number without it
	case !digits && made[0] < 'a':
		made[0] += 'a' - '0' // up to "j", which is no hexadecimal digit
		made[0] = 'a' + (made[0]-'a')%6
	}
	return string(made)
}

// fillValue fills the placeholders in a value of JSON.
func fillValue(v any, seed string) any {
	switch v := v.(type) {
	case string:
		return fill(v, seed)
	case map[string]any:
		filled := make(map[string]any, len(v))
		for name, member := range v {
			filled[fill(name, seed+" name")] = fillValue(member, seed+"."+name)
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for i, element := range v {
			filled[i] = fillValue(element, fmt.Sprintf("%s[%d]", seed, i))
		}
		return filled
	}
	return v
}
