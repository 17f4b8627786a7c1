package client

import (
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"os"
	"runtime"
)

// whyNot is why the executable could not be started, in words. The kernel's own words ("exec format error", "no such file or directory"
// for a file that is there) help nobody.
func (b Binary) whyNot(err error) string {
	if errors.Is(err, os.ErrPermission) {
		return "it is not executable (permission denied)"
	}
	head := make([]byte, 64)
	n, readErr := io.ReadFull(io.NewSectionReader(b.File, 0, int64(len(head))), head)
	if n == 0 && errors.Is(readErr, io.EOF) {
		return "the file is empty"
	}
	if kind := programKind(head[:n]); kind != "" {
		return "it is " + kind + ", and this is " + runtime.GOOS + "/" + runtime.GOARCH
	}
	return err.Error()
}

// programKind is what a file that begins with head is, or "" where it may well be a program for this system.
func programKind(head []byte) string {
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case starts("#!"):
		return "a script, not a program of its own"
	case starts(elf.ELFMAG) && len(head) > 20:
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
	machine := elf.Machine(uint16(head[18]) | uint16(head[19])<<8)
	names := map[elf.Machine]string{
		elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm", elf.EM_RISCV: "riscv64",
		elf.EM_PPC64: "ppc64le", elf.EM_S390: "s390x", elf.EM_LOONGARCH: "loong64",
	}
	name, known := names[machine]
	switch {
	case name == runtime.GOARCH:
		return ""
	case !known:
		return "a program for another processor"
	}
	return "a program for " + name
}
