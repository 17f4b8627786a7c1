package client

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Binary is the verified executable of a plugin, open.
type Binary struct {
	// Vendor is the name in the file's name. The plugin must describe itself as that vendor.
	Vendor string
	// Path is where the file was found, absolute. It appears in messages; off Linux the file is started by it.
	Path string
	// File is the file, open for reading only. The caller closes it when Start has returned. On Linux this very file is started, whatever
	// Path leads to by then.
	File *os.File
	// Verified is the file's stat as it was when its content was read for SHA256; nil: as it is when Start is called. A file that is no
	// longer the same is not started.
	Verified os.FileInfo
	// SHA256 is the hash of the content, which whoever verified it has compared. Start does not read the file again, but for a script.
	SHA256 [32]byte
	// Exec is for a script: the interpreter, absolute, and its arguments; the script's path is added as the last one. On Linux that path leads
	// to a copy of the file in memory that nobody can write to. Empty: the file itself is a program.
	Exec []string
	// Reads are the files and folders that the plugin's sandbox lets it read and execute beside its own file and its interpreter, absolute;
	// those that are not there are passed over. The system's libraries need not be named for a program, or an
	// interpreter, that is linked with them.
	Reads []string
}

// check refuses a binary that cannot be started, and says what its stat must still be when it runs.
func (b Binary) check() (os.FileInfo, error) {
	if b.File == nil {
		return nil, errors.New("the executable is not open; this is a bug in authrun")
	}
	if !filepath.IsAbs(b.Path) {
		return nil, fmt.Errorf("the path %s of the executable is not absolute; this is a bug in authrun", b.Path)
	}
	now, err := b.File.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at the executable: %w", err)
	}
	if kind := programKind(b.head()); kind == script && len(b.Exec) == 0 {
		return nil, errors.New("it is " + kind) // the kernel would start the interpreter, which nobody has allowed
	}
	for _, path := range slices.Concat(b.Exec[:min(len(b.Exec), 1)], b.Reads) {
		if !filepath.IsAbs(path) {
			return nil, fmt.Errorf("the path %s that it needs is not absolute", path)
		}
	}
	if b.Verified == nil {
		return now, nil
	}
	return b.Verified, b.unchanged(b.Verified)
}

// unchanged refuses a binary that is no longer as it was when it was verified. A running file cannot be written to on Linux, so that what
// is unchanged after the start is what was verified.
func (b Binary) unchanged(verified os.FileInfo) error {
	now, err := b.File.Stat()
	if err != nil {
		return fmt.Errorf("look at the executable again: %w", err)
	}
	if !os.SameFile(verified, now) || now.Size() != verified.Size() || !now.ModTime().Equal(verified.ModTime()) ||
		!changeTime(now).Equal(changeTime(verified)) {
		return errors.New("the executable was written to while it was being started")
	}
	return b.samePath(now)
}
