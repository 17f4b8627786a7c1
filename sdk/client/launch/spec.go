package launch

import (
	"errors"
	"strconv"
	"strings"
)

// Argument is the hidden first argument by which a program that imports launch/self knows that it is to be the launcher.
const Argument = "__launch"

// The descriptors that the host hands to the launcher, beside the standard ones.
const (
	ProgramFD = 3 // the verified file, open for reading
	ReportFD  = 4 // the writing end of a pipe for the report
)

// Spec is how a plugin is to be started. It travels as the launcher's arguments, and no secret is in it.
type Spec struct {
	Dir      string   // the folder of the plugin's socket, absolute: the one place where it may make files
	Memory   uint64   // bytes of memory that it may use at most; 0: as many as it likes
	CPU      uint64   // seconds of processor time that it may use at most; 0: as many as it likes
	Reads    []string // files and folders that it may read and execute, absolute; those that are not there are passed over
	Program  string   // the interpreter that is started, absolute; empty: the verified file itself
	Complete bool     // start nothing where a layer is missing
	Args     []string // of the plugin, its name first
}

// Arguments are those of the launcher, without its name.
func (s Spec) Arguments() []string {
	args := []string{Argument, "dir=" + s.Dir}
	if s.Memory > 0 {
		args = append(args, "memory="+strconv.FormatUint(s.Memory, 10))
	}
	if s.CPU > 0 {
		args = append(args, "cpu="+strconv.FormatUint(s.CPU, 10))
	}
	for _, path := range s.Reads {
		args = append(args, "read="+path)
	}
	if s.Program != "" {
		args = append(args, "program="+s.Program)
	}
	if s.Complete {
		args = append(args, "complete=true")
	}
	return append(append(args, "--"), s.Args...)
}

// parse reads what Arguments made. A word that it does not know comes from a host of another version, and must not be passed over.
func parse(args []string) (Spec, error) {
	if len(args) == 0 || args[0] != Argument {
		return Spec{}, errors.New("this program starts plugins for authrun and is of no use by hand")
	}
	var s Spec
	for i, arg := range args[1:] {
		if arg == "--" {
			s.Args = args[i+2:]
			break
		}
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch name {
		case "dir":
			s.Dir = value
		case "memory":
			s.Memory, err = strconv.ParseUint(value, 10, 63)
		case "cpu":
			s.CPU, err = strconv.ParseUint(value, 10, 63)
		case "read":
			s.Reads = append(s.Reads, value)
		case "program":
			s.Program = value
		case "complete":
			s.Complete = value == "true"
		default:
			err = errors.New("the launcher is of another version than authrun: it does not know " + name)
		}
		if err != nil {
			return Spec{}, err
		}
	}
	if !strings.HasPrefix(s.Dir, "/") || len(s.Args) == 0 {
		return Spec{}, errors.New("the launcher was told too little")
	}
	return s, nil
}
