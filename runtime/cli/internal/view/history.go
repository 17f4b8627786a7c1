package view

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// History writes vendor calls as a table without a head.
func (t Telling) History(rows []runtime.Exchange) string {
	cells := make([][]string, len(rows))
	var widths []int
	for i, e := range rows {
		cells[i] = []string{t.clock(e.At), visible(e.Address), e.Operation, outcome(e), Span(e.Took), generation(e), visible(e.Process)}
		for column, text := range cells[i] {
			if column == len(widths) {
				widths = append(widths, 0)
			}
			widths[column] = max(widths[column], terminal.Width(text))
		}
	}
	var text strings.Builder
	for i, row := range cells {
		var line strings.Builder
		for column, cell := range row {
			padding := strings.Repeat(" ", widths[column]-terminal.Width(cell)+2)
			if column == 3 {
				cell = t.outcomeStyle(rows[i], cell)
			}
			line.WriteString(cell + padding)
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return text.String()
}

// outcome is what came of a call.
func outcome(e runtime.Exchange) string {
	text := e.Outcome
	if text == "" {
		text = "not known"
	}
	if e.Status > 0 {
		text += fmt.Sprintf(" (%d)", e.Status)
	}
	return text
}

func (t Telling) outcomeStyle(e runtime.Exchange, text string) string {
	switch e.Outcome {
	case "ok":
		return t.Style.Green(text)
	case "":
		return t.Style.Yellow(text)
	}
	return t.Style.Red(text)
}

func generation(e runtime.Exchange) string {
	if e.Generation == 0 {
		return "-"
	}
	return fmt.Sprintf("generation %d", e.Generation)
}
