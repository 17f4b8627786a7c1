package client

import (
	"bytes"
	"encoding/binary"
	"io"
)

// isDynamic tells whether the program in f is an ELF file that names a loader, which then needs the system's libraries. A file that makes
// no sense names none.
func isDynamic(f io.ReaderAt) bool {
	const (
		interpreter = 3  // PT_INTERP
		headerSize  = 64 // of a 64-bit file
		entrySize   = 56 // of its program headers
		mostEntries = 64
	)
	header := make([]byte, headerSize)
	if _, err := f.ReadAt(header, 0); err != nil || !bytes.HasPrefix(header, []byte("\x7fELF\x02\x01")) {
		return false
	}
	little := binary.LittleEndian
	entries := make([]byte, entrySize*min(int(little.Uint16(header[56:])), mostEntries))
	if _, err := f.ReadAt(entries, int64(little.Uint64(header[32:]))); err != nil || little.Uint16(header[54:]) != entrySize {
		return false
	}
	for ; len(entries) > 0; entries = entries[entrySize:] {
		if little.Uint32(entries) == interpreter {
			return true
		}
	}
	return false
}
