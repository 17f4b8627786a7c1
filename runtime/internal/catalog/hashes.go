package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
)

// hashesFormat is the version of the file's form.
const hashesFormat = 1

// hashes remembers the hash of files that have not changed since, across runs. It is a file of the user's own; whoever could write it
// could as well replace the plugins.
type hashes struct {
	dir string // empty: nothing is remembered

	mu    sync.Mutex
	known map[string]hashed // by path; nil: not read yet
}

// hashed is a file and its hash.
type hashed struct {
	identity
	SHA256 string `json:"sha256"`
}

// hashesFile is the form in which they are kept.
type hashesFile struct {
	Format int               `json:"format"`
	Files  map[string]hashed `json:"files"`
}

func (h *hashes) path() string { return filepath.Join(h.dir, "hashes.json") }

// find gives the remembered hash of the file of this path and identity.
func (h *hashes) find(path string, id identity) (sum [sha256.Size]byte, ok bool) {
	if h.dir == "" {
		return sum, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil {
		h.known = h.read()
	}
	e, ok := h.known[path]
	if !ok || e.identity != id {
		return sum, false
	}
	n, err := hex.Decode(sum[:], []byte(e.SHA256))
	return sum, err == nil && n == len(sum)
}

// keep remembers the hash of a file whose identity proves its content.
func (h *hashes) keep(path string, id identity, sum [sha256.Size]byte) {
	if h.dir == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	// Another process may have added to it since it was read here. Files that are gone are forgotten, so that it does not grow for ever.
	known := h.read()
	for other := range known {
		if _, err := os.Lstat(other); err != nil {
			delete(known, other)
		}
	}
	known[path] = hashed{identity: id, SHA256: hex.EncodeToString(sum[:])}
	h.known = known
	if data, err := json.Marshal(hashesFile{Format: hashesFormat, Files: known}); err == nil {
		writeCache(h.path(), data)
	}
}

// read reads the file; one that is damaged, foreign or of another form counts as empty.
func (h *hashes) read() map[string]hashed {
	var f hashesFile
	data, err := readCache(h.path())
	if err != nil || json.Unmarshal(data, &f) != nil || f.Format != hashesFormat || f.Files == nil {
		return make(map[string]hashed)
	}
	return f.Files
}
