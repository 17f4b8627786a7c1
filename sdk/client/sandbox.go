package client

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/authrun/authrun/sdk/client/launch"
)

// maxReport is how much of a launcher's report is read, in bytes. A real one is far shorter.
const maxReport = 64 << 10

// sandbox is how one plugin is held: by a launcher, or not at all.
type sandbox struct {
	launcher string // its path; empty: none
	required bool
	held     launch.Report // nothing, until the launcher's report is read
	report   *os.File      // where that comes from; nil without a launcher
	theirs   *os.File      // the launcher's end
}

// newSandbox decides how a plugin is held. The error says what is missing where a whole sandbox is required.
func newSandbox(o Options) (*sandbox, error) {
	s := &sandbox{launcher: o.Launcher, required: o.RequireSandbox}
	switch {
	case !launch.Possible:
		s.launcher, s.held = "", launch.Probe()
	case s.launcher == "":
		s.held = launch.Nothing("there is no launcher, authrun-launch")
	case !filepath.IsAbs(s.launcher):
		return nil, fmt.Errorf("the path %s of the launcher is not absolute", s.launcher)
	case s.required:
		if probe := launch.Probe(); !probe.Complete() {
			return nil, incomplete(probe.Gaps())
		}
	}
	if s.required && s.launcher == "" {
		return nil, incomplete(s.held.Gaps())
	}
	return s, nil
}

// incomplete is that a sandbox is required that this machine does not have.
func incomplete(gaps string) error {
	return fmt.Errorf("a sandbox is required, and layers of it are missing here: %s", gaps)
}

// wrap has cmd started by the launcher, where there is one. Program is the file that is started, or that an interpreter reads.
func (s *sandbox) wrap(cmd *exec.Cmd, b Binary, program *os.File) error {
	if s.launcher == "" {
		return nil
	}
	spec := launch.Spec{Dir: cmd.Dir, Memory: pluginDataLimit, CPU: pluginTimeLimit, Reads: b.Reads, Complete: s.required, Args: cmd.Args}
	linked := program
	var err error
	if len(b.Exec) > 0 {
		spec.Program = b.Exec[0]
		if linked, err = os.Open(spec.Program); err != nil {
			return fmt.Errorf("its interpreter cannot be used: %w", err)
		}
		defer linked.Close()
	}
	if isDynamic(linked) {
		spec.Reads = slices.Concat(loaderPaths, b.Reads)
	}
	setting, err := spec.Environment()
	if err != nil {
		return err
	}
	if s.report, s.theirs, err = os.Pipe(); err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	cmd.Path, cmd.Env = s.launcher, append(cmd.Env, setting)
	cmd.ExtraFiles = []*os.File{program, s.theirs} // launch.ProgramFD, launch.ReportFD
	return nil
}

// loaderPaths are what a dynamically linked program needs before its own first instruction: the system's libraries, which are the same
// for everybody and hold nothing of the user's.
var loaderPaths = []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"}

// confirm waits until the launcher has become the plugin, and keeps its report. The error is why it did not.
func (s *sandbox) confirm(b Binary) error {
	if s.launcher == "" {
		return nil
	}
	s.theirs.Close()
	text, err := io.ReadAll(io.LimitReader(s.report, maxReport))
	if err != nil {
		return fmt.Errorf("read the launcher's report: %w", err)
	}
	held, err := launch.ParseReport(string(text))
	s.held = held
	var failed *launch.Failed
	switch {
	case errors.As(err, &failed) && failed.What == launch.StartPlugin:
		return errors.New(b.whyNot(syscall.Errno(failed.Errno)))
	case failed != nil && failed.Errno != 0:
		return fmt.Errorf("its launcher could not %s: %w", failed.What, syscall.Errno(failed.Errno))
	case failed != nil && s.required && !held.Complete():
		return incomplete(held.Gaps())
	case err != nil:
		return fmt.Errorf("its launcher %s: %w", s.launcher, err)
	}
	return nil
}

// close closes the pipe of the report.
func (s *sandbox) close() {
	if s.report != nil {
		s.report.Close()
		s.theirs.Close()
	}
}
