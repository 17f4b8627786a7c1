package client

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/authrun/authrun/sdk/client/launch"
)

// scriptPath is where an interpreter finds the verified script: the descriptor that both ways of a start give it.
var scriptPath = "/proc/self/fd/" + strconv.Itoa(launch.ProgramFD)

// maxScript is how large a script may be, in bytes: it is copied at each start.
const maxScript = 64 << 20

// script copies the verified script to memory that nobody can write to any more, so that what the interpreter reads is what was verified,
// whatever happens to the file meanwhile: the kernel keeps a program that runs from being written to, but not a script.
func (b Binary) script() (copied *os.File, path string, release func(), err error) {
	fd, err := unix.MemfdCreate("authrun-plugin-"+b.Vendor, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, "", nil, fmt.Errorf("copy the script: %w", err)
	}
	copied = os.NewFile(uintptr(fd), scriptPath)
	defer func() {
		if err != nil {
			copied.Close()
		}
	}()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(copied, hash), io.NewSectionReader(b.File, 0, maxScript+1))
	if err != nil {
		return nil, "", nil, fmt.Errorf("copy the script: %w", err)
	}
	if n > maxScript {
		return nil, "", nil, fmt.Errorf("the script is larger than %d MiB", maxScript>>20)
	}
	if b.SHA256 != [32]byte{} && !bytes.Equal(hash.Sum(nil), b.SHA256[:]) {
		return nil, "", nil, fmt.Errorf("the script %s was written to while it was being started", b.Path)
	}
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(copied.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return nil, "", nil, fmt.Errorf("seal the copy of the script: %w", err)
	}
	return copied, scriptPath, func() { copied.Close() }, nil
}
