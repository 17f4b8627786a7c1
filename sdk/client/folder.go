package client

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// longestSocketName is the longest name that go-plugin gives to a socket: "plugin" and a random number of 32 bits.
const longestSocketName = "plugin4294967295"

// makeFolder makes the folder of one start in runDir. Only the folder's mode guards the socket in it, whose own mode is the umask's.
func makeFolder(runDir string) (string, error) {
	if !filepath.IsAbs(runDir) {
		return "", fmt.Errorf("the folder for run files, %q, is not an absolute path; this is a bug in authrun", runDir)
	}
	info, err := os.Lstat(runDir)
	if err != nil {
		return "", fmt.Errorf("use the folder for run files: %w", err)
	}
	if err := onlyOurs(runDir, info); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(runDir, "p")
	if err != nil {
		return "", fmt.Errorf("make a folder for the plugin: %w", err)
	}
	if n := len(filepath.Join(dir, longestSocketName)); n > wire.MaxSocketPath {
		os.Remove(dir)
		return "", fmt.Errorf("the path of a socket in %s would be %d bytes long, and the system allows %d: choose a shorter folder for run files",
			runDir, n, wire.MaxSocketPath)
	}
	return dir, nil
}
