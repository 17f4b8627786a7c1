package catalog

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/authrun/authrun/sdk/client"
)

// open opens a plugin's file and knows its hash, from what is remembered where the file is the one that was hashed. What is started later
// is this very file, whatever lies at its path by then.
func (c *Catalog) open(found Found) (client.Binary, error) {
	unusable := func(why string, err error) (client.Binary, error) {
		return client.Binary{}, &Unusable{Vendor: found.Vendor, Path: found.Path, Why: why, Err: reasonOf(err)}
	}
	// Without O_NONBLOCK a named pipe that took the file's place would hold us for ever.
	f, err := os.OpenFile(found.Path, os.O_RDONLY|nonBlock, 0)
	if err != nil {
		return unusable("it cannot be read", err)
	}
	b := client.Binary{Vendor: found.Vendor, Path: found.Path, File: f}
	why := ""
	if b.Verified, why, err = startable(f); why == "" {
		b.SHA256, why, err = c.hash(f, found.Path, b.Verified)
	}
	if why != "" {
		_ = f.Close()
		return unusable(why, err)
	}
	return b, nil
}

// startable takes the stat of an open file, and says why it cannot be started.
func startable(f *os.File) (info fs.FileInfo, why string, err error) {
	if info, err = f.Stat(); err != nil {
		return nil, "it cannot be read", err
	}
	if why = notExecutable(info); why != "" {
		return nil, why, nil
	}
	head := make([]byte, imageHead)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "it cannot be read", err
	}
	return info, foreign(head[:n]), nil
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
