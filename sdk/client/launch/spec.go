package launch

import (
	"errors"
	"strconv"
)

// Variable is the environment variable by which a program that imports launch/self knows that it is to be the launcher, and how. The plugin
// does not see it.
const Variable = "AUTHRUN_LAUNCH"

// The descriptors that the host hands to the launcher, beside the standard ones.
const (
	ProgramFD = 3 // the verified file, open for reading
	ReportFD  = 4 // the writing end of a pipe for the report
)

// Spec is how a plugin is to be started. It travels in the launcher's environment, and no secret is in it.
type Spec struct {
	Dir      string   // the folder of the plugin's socket, absolute: the one place where it may make files
	Memory   uint64   // bytes of memory that it may use at most; 0: as many as it likes
	CPU      uint64   // seconds of processor time that it may use at most; 0: as many as it likes
	Reads    []string // files and folders that it may read and execute, absolute; those that are not there are passed over
	Program  string   // the interpreter that is started, absolute; empty: the verified file itself
	Complete bool     // start nothing where a layer is missing
	Args     []string // of the plugin, its name first
}

// Environment is the spec as the setting of Variable: lines of a word and what it is set to. A path with a line break in it does not fit in.
func (s Spec) Environment() (string, error) {
	text := Variable + "="
	broken := false
	line := func(word, value string) {
		text += word + " " + value + "\n"
		_, _, more := cut(value, '\n')
		broken = broken || more
	}
	line("dir", s.Dir)
	line("memory", strconv.FormatUint(s.Memory, 10))
	line("cpu", strconv.FormatUint(s.CPU, 10))
	line("complete", strconv.FormatBool(s.Complete))
	for _, path := range s.Reads {
		line("read", path)
	}
	if s.Program != "" {
		line("program", s.Program)
	}
	for _, arg := range s.Args {
		line("arg", arg)
	}
	if broken {
		return "", errors.New("there is a line break in one of its paths")
	}
	return text, nil
}

// parse reads what Environment made, without the variable's name. A word that it does not know comes from a host of another version, and
// must not be passed over.
func parse(text string) (s Spec, err error) {
	for text != "" && err == nil {
		var line string
		line, text, _ = cut(text, '\n')
		word, value, _ := cut(line, ' ')
		switch word {
		case "dir":
			s.Dir = value
		case "memory":
			s.Memory, err = strconv.ParseUint(value, 10, 63)
		case "cpu":
			s.CPU, err = strconv.ParseUint(value, 10, 63)
		case "complete":
			s.Complete, err = strconv.ParseBool(value)
		case "read":
			s.Reads = append(s.Reads, value)
		case "program":
			s.Program = value
		case "arg":
			s.Args = append(s.Args, value)
		default:
			err = errors.New("the launcher is of another version than authrun: it does not know " + strconv.Quote(word))
		}
	}
	if err == nil && (s.Dir == "" || len(s.Args) == 0) {
		err = errors.New("the launcher was told too little")
	}
	return s, err
}

// cut is strings.Cut at a byte. Package strings would make the launcher wait for tables of Unicode that it has no use for.
func cut(s string, at byte) (before, after string, found bool) {
	for i := range len(s) {
		if s[i] == at {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
