package catalog

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/authrun/authrun/sdk/client"
)

// executable is a plugin's file, open, and what it is known by.
type executable struct {
	client.Binary
	// Sum is what locks, consents and memory know the plugin by: the hash of the file, or of the script and its manifest.
	Sum [sha256.Size]byte
	// script is set where an interpreter runs it.
	script *Script
}

// open opens a plugin's file and knows its hash, from what is remembered where the file is the one that was hashed. What is started later
// is this very file, whatever lies at its path by then. Errors: *Unusable, *Unconsented.
func (c *Catalog) open(found Found) (executable, error) {
	// Without O_NONBLOCK a named pipe that took the file's place would hold us for ever.
	f, err := os.OpenFile(found.Path, os.O_RDONLY|nonBlock, 0)
	if err != nil {
		return executable{}, &Unusable{Vendor: found.Vendor, Path: found.Path, Why: "it cannot be read", Err: reasonOf(err)}
	}
	e := executable{Binary: client.Binary{Vendor: found.Vendor, Path: found.Path, File: f}}
	why, err := c.look(&e)
	if why == "" && e.script != nil && !c.consented(e.script.Sum) {
		_ = f.Close()
		return executable{}, &Unconsented{Script: *e.script}
	}
	if why != "" {
		_ = f.Close()
		return executable{}, &Unusable{Vendor: found.Vendor, Path: found.Path, Why: why, Err: reasonOf(err)}
	}
	return e, nil
}

// look finds out what an open file is, or why it cannot be started.
func (c *Catalog) look(e *executable) (why string, err error) {
	var head []byte
	if e.Verified, head, why, err = beginning(e.File); why != "" {
		return why, err
	}
	if why = notExecutable(e.Verified); why != "" {
		return why, nil
	}
	// A file that some system starts is a program, whatever lies beside it.
	scripted := canBeScript(head)
	var m Manifest
	var text []byte
	if scripted {
		m, text, why, err = readManifest(e.Path)
		if why != "" && isThere(err) {
			return why, err
		}
		scripted = why == ""
	}
	if why = foreign(head); why != "" && !scripted {
		return why, nil
	}
	if e.SHA256, why, err = c.hash(e.File, e.Path, e.Verified); why != "" {
		return why, err
	}
	e.Sum = e.SHA256
	if scripted {
		e.script = newScript(e.Vendor, e.Path, e.SHA256, m, text)
		e.Sum, e.Exec, e.Reads = e.script.Sum, m.Interpreter, m.Reads
	}
	return "", nil
}

// beginning takes the stat and the beginning of an open file, and says why it can be no plugin whatever is in it.
func beginning(f *os.File) (info fs.FileInfo, head []byte, why string, err error) {
	if info, err = f.Stat(); err != nil {
		return nil, nil, "it cannot be read", err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, notExecutable(info), nil
	}
	head = make([]byte, imageHead)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, "it cannot be read", err
	}
	return info, head[:n], "", nil
}

// hash takes the hash through the open file, or remembers it.
func (c *Catalog) hash(f *os.File, path string, info fs.FileInfo) (sum [sha256.Size]byte, why string, err error) {
	id := identityOf(info)
	if sum, ok := c.hashes.find(path, id); ok {
		return sum, "", nil
	}
	now := c.options.Now() // from here on a change has a later time
	h := sha256.New()
	if _, err = io.Copy(h, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return sum, "it cannot be read", err
	}
	after, err := f.Stat()
	if err != nil {
		return sum, "it cannot be read", err
	}
	if identityOf(after) != id {
		return sum, "it is being written to; try again when that is done", nil
	}
	sum = [sha256.Size]byte(h.Sum(nil))
	if id.provesContent(now) {
		c.hashes.keep(path, id, sum)
	}
	return sum, "", nil
}
