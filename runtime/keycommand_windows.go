package runtime

import (
	"context"
	"os/exec"
	"syscall"
)

// shell is a command that the system's shell carries out. It gets the line as it is: Go's quotes are not those of cmd.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /s /c "` + line + `"`}
	return cmd
}
