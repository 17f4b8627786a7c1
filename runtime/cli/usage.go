package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError says that the command line is wrong.
type usageError struct {
	problem string
	hint    string // where to read more
}

func (e *usageError) Error() string { return e.problem }

var errNegative = errors.New("must not be negative")

// usage makes the error for a wrong call of a verb; an empty verb is the program itself.
func usage(verb, problem string) error {
	return &usageError{problem: sentence(problem), hint: `Run "` + strings.TrimSpace("authrun "+verb) + ` --help" to see what it takes.`}
}

// flagProblem says what is wrong with a flag in authrun's words.
func flagProblem(cmd *cobra.Command, err error) error {
	verb := path(cmd)
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usage(verb, "there is no flag -"+unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		return usage(verb, "there is no flag --"+unknown.GetSpecifiedName()+didYouMean(unknown.GetSpecifiedName(), flagNames(cmd), "--"))
	case errors.As(err, &missing):
		return usage(verb, "--"+missing.GetSpecifiedName()+" needs a value")
	case errors.As(err, &wrong) && errors.As(err, new(*strconv.NumError)):
		return usage(verb, fmt.Sprintf("--%s cannot be %q", wrong.GetFlag().Name, wrong.GetValue()))
	case errors.As(err, &wrong):
		return usage(verb, "--"+wrong.GetFlag().Name+": "+wrong.Unwrap().Error())
	}
	return usage(verb, err.Error())
}

// path is how a verb is called: "apply", "plugin test"; empty for the program itself.
func path(cmd *cobra.Command) string {
	return strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()))
}

// noVerb says that cmd has no verb of that name.
func noVerb(cmd *cobra.Command, name string) error {
	full := strings.TrimSpace(path(cmd) + " " + name)
	return usage(path(cmd), "there is no verb "+full+didYouMean(name, verbNames(cmd), ""))
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// didYouMean proposes the candidate that is nearest to a name, if one is near: `. Did you mean "apply"?` without the mark at its end.
func didYouMean(name string, candidates []string, prefix string) string {
	if near := nearest(name, candidates); near != "" {
		return "; did you mean " + prefix + near + "?"
	}
	return ""
}

// nearest is the candidate that a mistyped name most likely stands for; empty where none is near.
func nearest(name string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		if d := levenshtein.Distance(name, c, nil); d < least && d < len(c) {
			best, least = c, d
		}
	}
	return best
}

// sentence makes the text of a Go error a sentence.
func sentence(text string) string {
	// A path or an address stays as it is written.
	if word, _, _ := strings.Cut(text, " "); !strings.ContainsAny(word, "/\\._:\"") {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return text
	}
	return text + "."
}
