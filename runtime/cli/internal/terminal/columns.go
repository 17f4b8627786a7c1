package terminal

import "strings"

// Columns writes words in as many columns as fit, one word below the other. With no width each stands on a line of its own.
func Columns(words []string, width int) string {
	widest := 0
	for _, word := range words {
		widest = max(widest, Width(word))
	}
	columns := max(1, (width+2)/(widest+2))
	rows := (len(words) + columns - 1) / columns
	var text strings.Builder
	for row := range rows {
		line := ""
		for at := row; at < len(words); at += rows {
			if line != "" {
				line += "  "
			}
			line += words[at]
			if at+rows < len(words) {
				line += strings.Repeat(" ", widest-Width(words[at]))
			}
		}
		text.WriteString(line + "\n")
	}
	return text.String()
}
