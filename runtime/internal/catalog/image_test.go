package catalog

import (
	"encoding/binary"
	"strings"
	"testing"
)

// header makes the beginning of a program out of bytes at offsets.
func header(at map[int]string) []byte {
	head := make([]byte, imageHead)
	for offset, text := range at {
		copy(head[offset:], text)
	}
	return head
}

func word(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }

func TestForeign(t *testing.T) {
	elf := func(machine string) []byte { return header(map[int]string{0: "\x7fELF\x02\x01\x01", 18: machine}) }
	macho := func(cpu uint32) []byte { return header(map[int]string{0: word(0xfeedfacf), 4: word(cpu)}) }
	pe := func(machine string) []byte {
		return header(map[int]string{0: "MZ", 0x3c: word(0x80), 0x80: "PE\x00\x00" + machine})
	}
	big := header(map[int]string{0: "\x7fELF\x02\x02\x01", 18: "\x00\x3e"})
	for _, test := range []struct {
		name, goos, goarch string
		head               []byte
		says               string // empty: it fits
	}{
		{"amd64 on amd64", "linux", "amd64", elf("\x3e\x00"), ""},
		{"arm64 on arm64", "linux", "arm64", elf("\xb7\x00"), ""},
		{"386 on amd64", "linux", "amd64", elf("\x03\x00"), ""},
		{"arm64 on amd64", "linux", "amd64", elf("\xb7\x00"), "another processor (arm64; this one is amd64)"},
		{"unknown on amd64", "linux", "amd64", elf("\xf3\x00"), ""},
		{"amd64 on riscv64", "linux", "riscv64", elf("\x3e\x00"), "another processor (amd64; this one is riscv64)"},
		{"big-endian", "linux", "arm", big, "another processor (amd64"},
		{"BSD", "freebsd", "amd64", elf("\x3e\x00"), ""},
		{"Mach-O on Linux", "linux", "amd64", macho(0x0100000c), "another system (Mach-O for arm64; this system starts ELF for amd64)"},
		{"Mach-O", "darwin", "arm64", macho(0x0100000c), ""},
		{"Mach-O, translated", "darwin", "arm64", macho(0x01000007), ""},
		{"Mach-O, not translated", "darwin", "amd64", macho(0x0100000c), "another processor"},
		{"Mach-O, many", "darwin", "amd64", header(map[int]string{0: "\xca\xfe\xba\xbe"}), ""},
		{"PE", "windows", "amd64", pe("\x64\x86"), ""},
		{"PE on Linux", "linux", "amd64", pe("\x64\xaa"), "another system (PE for arm64"},
		{"PE, arm64 on amd64", "windows", "amd64", pe("\x64\xaa"), "another processor"},
		{"PE, far away", "windows", "amd64", header(map[int]string{0: "MZ", 0x3c: word(0xffffffff)}), ""},
		{"nothing", "linux", "amd64", nil, "it is empty"},
		{"a script", "linux", "amd64", []byte("#!/usr/bin/env python"), "it is a script"},
		{"text", "linux", "amd64", []byte("hello, world"), "it is not a program"},
		{"the beginning of ELF", "linux", "amd64", []byte("\x7fELF"), "it is not a program"},
		{"the beginning of PE", "windows", "amd64", []byte("MZ"), "it is not a program"},
	} {
		got := foreignTo(test.head, test.goos, test.goarch)
		if test.says == "" && got != "" || !strings.Contains(got, test.says) {
			t.Errorf("%s: %q, want %q", test.name, got, test.says)
		}
	}
	if why := foreign(program(t)); why != "" {
		t.Errorf("this very program: %s", why)
	}
}
