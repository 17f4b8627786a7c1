package catalog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// maxCache is more than any file of the cache holds, in bytes.
const maxCache = 16 << 20

// errDistrust says that a file of the cache is not one that this user's authrun wrote.
var errDistrust = errors.New("the file may have been written by others")

// readCache reads a file of the cache. Whatever is wrong with it, the caller does without.
func readCache(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlock, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || !onlyOurs(info) || info.Size() > maxCache {
		return nil, errDistrust
	}
	// It is replaced, never written to: it is as long as it says.
	data := make([]byte, info.Size())
	_, err = io.ReadFull(f, data)
	return data, err
}

// writeCache replaces a file of the cache as a whole: who reads at the same time sees the old one or the new one. What a power cut leaves
// is found out when it is read. That it could not be written is no error: it is only slower without.
func writeCache(path string, data []byte) {
	dir := filepath.Dir(path)
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(dir, ".new-*") // 0600
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
