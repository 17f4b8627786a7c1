package client

import (
	"os"
	"os/exec"
)

// command makes the command that starts the plugin in p.dir, in its sandbox. Release ends the use of what it holds open.
func (p *Process) command() (cmd *exec.Cmd, release func(), err error) {
	b := p.binary
	cmd = &exec.Cmd{Dir: p.dir, Env: environment(p.dir, p.options), SysProcAttr: processAttributes()}
	program := b.File
	if len(b.Exec) == 0 {
		cmd.Args = []string{b.Path}
		if cmd.Path, release, err = b.executable(); err != nil {
			return nil, nil, err
		}
	} else {
		var script string
		if program, script, release, err = b.script(); err != nil {
			return nil, nil, err
		}
		cmd.Path, cmd.Args = b.Exec[0], append(append([]string(nil), b.Exec...), script)
		if program != nil {
			cmd.ExtraFiles = []*os.File{program}
		}
	}
	if err := p.sandbox.wrap(cmd, b, program); err != nil {
		release()
		return nil, nil, err
	}
	return cmd, release, nil
}
