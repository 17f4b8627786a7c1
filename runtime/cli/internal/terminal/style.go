package terminal

// Style colours text with ANSI sequences, or leaves it as it is. The zero value leaves it.
type Style struct{ on bool }

// Bold is for what the eye should find first.
func (s Style) Bold(text string) string { return s.wrap("1", text) }

// Dim is for what can be passed over.
func (s Style) Dim(text string) string { return s.wrap("2", text) }

// Red is for errors.
func (s Style) Red(text string) string { return s.wrap("31", text) }

// Green is for what was made valid.
func (s Style) Green(text string) string { return s.wrap("32", text) }

// Yellow is for warnings.
func (s Style) Yellow(text string) string { return s.wrap("33", text) }

func (s Style) wrap(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
