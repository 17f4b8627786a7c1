package view

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime"
)

// Shell writes variables as commands for a POSIX shell, which reads back the same bytes: each exports one.
func Shell(vars []runtime.EnvVar) string {
	var text strings.Builder
	for _, v := range vars {
		text.WriteString("export " + v.Name + "='" + strings.ReplaceAll(v.Value, "'", `'\''`) + "'\n")
	}
	return text.String()
}

// Dotenv writes variables as lines of a dotenv file. The dialects of such files differ, so each value is written in the plainest way in which it
// can be: bare, in single quotes, in double quotes. The error names the variable whose value no way of quoting keeps.
func Dotenv(vars []runtime.EnvVar) (string, error) {
	var text strings.Builder
	for _, v := range vars {
		value, ok := dotenvValue(v.Value)
		if !ok {
			return "", fmt.Errorf("the value of %s, of the output %q, cannot be written in a dotenv file so that all that read such files "+
				"find the same in it: its quotes, backslashes and line ends exclude each other", v.Name, v.Output)
		}
		text.WriteString(v.Name + "=" + value + "\n")
	}
	return text.String(), nil
}

// dotenvValue writes a value; ok is false where none of the ways keeps it. Parsers look for the end of a quoted value by the byte before a quote,
// so a backslash cannot come last, and strip quotes from both ends, so a double quote cannot come last between double quotes. Between single
// quotes nothing is escaped, and a line end of Windows becomes one of Unix.
func dotenvValue(value string) (written string, ok bool) {
	switch {
	case strings.TrimFunc(value, isPlain) == "":
		return value, true
	case !strings.ContainsAny(value, "'\r") && !strings.HasSuffix(value, `\`):
		return "'" + value + "'", true
	case !strings.HasSuffix(value, `\`) && !strings.HasSuffix(value, `"`):
		return `"` + dotenvEscapes.Replace(value) + `"`, true
	case !strings.ContainsAny(value, "\r\n#$`") && !strings.ContainsAny(value[:1], `'"`) && strings.TrimSpace(value) == value:
		return value, true
	}
	return "", false
}

var dotenvEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "\n", `\n`, "\r", `\r`)

// isPlain tells whether a character means nothing but itself to any reader of such files, which is so for those of most tokens.
func isPlain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:@%+,=-", r)
}
