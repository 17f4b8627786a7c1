package client

import (
	"bytes"
	"errors"
	"os"
	"runtime"
)

// whyNot is why the executable could not be started, in words. The kernel's own words ("exec format error", "no such file or directory"
// for a file that is there) help nobody.
func (b Binary) whyNot(err error) string {
	if errors.Is(err, os.ErrPermission) {
		return "it is not executable (permission denied)"
	}
	if kind := programKind(b.head()); kind != "" {
		return "it is " + kind + ", and this is " + runtime.GOOS + "/" + runtime.GOARCH
	}
	return err.Error()
}

// head is the beginning of the file, which says what it is.
func (b Binary) head() []byte {
	head := make([]byte, 64)
	n, _ := b.File.ReadAt(head, 0)
	return head[:n]
}

// script is the kind of a file that an interpreter runs.
const script = "a script, and a plugin must be a program of its own"

// programKind is what a file that begins with head is, or "" where it may well be a program for this system.
func programKind(head []byte) string {
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case len(head) == 0:
		return "an empty file"
	case starts("#!"):
		return script
	case starts("\x7fELF") && len(head) > 20:
		return elfKind(head)
	case starts("MZ"):
		if runtime.GOOS != "windows" {
			return "a program for Windows"
		}
		return "a program for another processor"
	case starts("\xcf\xfa\xed\xfe"), starts("\xce\xfa\xed\xfe"), starts("\xca\xfe\xba\xbe"):
		if runtime.GOOS != "darwin" {
			return "a program for macOS"
		}
		return "a program for another processor"
	}
	return "not a program"
}

// elfKind is what the ELF file that begins with head is, or "" where it is one for this processor.
func elfKind(head []byte) string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return "a program for Linux or its like"
	}
	const littleEndian = 1
	name := "another processor"
	if head[5] == littleEndian {
		switch int(head[18]) | int(head[19])<<8 { // e_machine
		case 3:
			name = "386"
		case 40:
			name = "arm"
		case 62:
			name = "amd64"
		case 183:
			name = "arm64"
		case 243:
			name = "riscv64"
		case 258:
			name = "loong64"
		}
	}
	if name == runtime.GOARCH {
		return ""
	}
	return "a program for " + name
}
