//go:build unix

package runtime

import (
	"context"
	"os/exec"
)

// shell is a command that the system's shell carries out.
func shell(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", line)
}
