package catalog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
)

// imageHead is how much of a file's beginning tells what it is.
const imageHead = 1024

// image is a kind of program: the format and the processor that it is for, as GOARCH. An empty processor is one that is not known here.
type image struct{ format, arch string }

// String is format and processor.
func (i image) String() string {
	if i.arch == "" {
		return i.format
	}
	return i.format + " for " + i.arch
}

// foreign says why a file with this beginning cannot be started on this machine; empty: it can, as far as its beginning tells.
func foreign(head []byte) string { return foreignTo(head, runtime.GOOS, runtime.GOARCH) }

func foreignTo(head []byte, goos, goarch string) string {
	switch {
	case len(head) == 0:
		return "it is empty"
	case bytes.HasPrefix(head, []byte("#!")):
		return "it is a script, and no manifest lies beside it, a file of its name with .json behind it that names its interpreter"
	}
	is, want := imageOf(head), image{format: formatOf(goos), arch: goarch}
	switch {
	case is.format == "":
		return "it is not a program"
	case is.format != want.format:
		return fmt.Sprintf("it is a program for another system (%s; this system starts %s)", is, want)
	case is.arch != "" && !runs(want.arch, is.arch):
		return fmt.Sprintf("it is a program for another processor (%s; this one is %s)", is.arch, want.arch)
	}
	return ""
}

// canBeScript tells whether a file with this beginning is something that an interpreter may run: no program, and not empty.
func canBeScript(head []byte) bool { return len(head) > 0 && imageOf(head).format == "" }

// formatOf is the format of the programs that a system starts.
func formatOf(goos string) string {
	switch goos {
	case "windows":
		return "PE"
	case "darwin", "ios":
		return "Mach-O"
	}
	return "ELF"
}

// runs tells whether a processor starts programs for another, perhaps with its system's help.
func runs(processor, other string) bool {
	switch processor {
	case "amd64":
		return other == "amd64" || other == "386"
	case "arm64":
		return true
	}
	return other == processor
}

// imageOf reads a program's first bytes; the zero image: it is none. The numbers are those of the formats' specifications.
func imageOf(head []byte) image {
	little := binary.LittleEndian
	switch {
	case len(head) >= 20 && bytes.HasPrefix(head, []byte("\x7fELF")):
		machine := little.Uint16(head[18:])
		if bigEndian := head[5] == 2; bigEndian {
			machine = binary.BigEndian.Uint16(head[18:])
		}
		return image{"ELF", map[uint16]string{3: "386", 40: "arm", 62: "amd64", 183: "arm64"}[machine]}
	case len(head) >= 8 && little.Uint32(head) == 0xfeedfacf:
		return image{"Mach-O", map[uint32]string{0x01000007: "amd64", 0x0100000c: "arm64"}[little.Uint32(head[4:])]}
	case len(head) >= 8 && binary.BigEndian.Uint32(head) == 0xcafebabe: // several processors in one file
		return image{format: "Mach-O"}
	case len(head) >= 0x40 && bytes.HasPrefix(head, []byte("MZ")):
		i := image{format: "PE"}
		if at := int64(little.Uint32(head[0x3c:])); at+6 <= int64(len(head)) && bytes.HasPrefix(head[at:], []byte("PE\x00\x00")) {
			i.arch = map[uint16]string{0x14c: "386", 0x8664: "amd64", 0xaa64: "arm64"}[little.Uint16(head[at+4:])]
		}
		return i
	}
	return image{}
}
