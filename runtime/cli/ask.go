package cli

import (
	"bufio"
	"strings"

	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// ask puts a question to the person at the terminal, and tells whether the answer is yes; where nobody sits there it is no.
func (p *program) ask(question string) bool {
	if _, typed := terminal.Keyboard(p.env.Stdin); !typed || !p.stderr.IsTerminal() {
		return false
	}
	_, _ = p.stderr.WriteString(terminal.Visible(question) + " [y/N] ")
	answer, _ := bufio.NewReader(p.env.Stdin).ReadString('\n') // nothing is a no
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
