package catalog

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/authrun/authrun/sdk"
)

const (
	// descriptionFormat is the version of the files' form and of sdk.Description's JSON.
	descriptionFormat = 1
	// maxDescriptions is how many are kept: each upgrade of a plugin leaves one behind that nobody asks for again.
	maxDescriptions = 128
)

// descriptions remembers what plugins answered to Describe, by the hash of their files, across runs.
type descriptions struct {
	dir  string // empty: nothing is remembered
	host string // version of this authrun: another one may understand more of an answer
}

// descriptionHead is the first line of a file; the description's JSON is the rest.
type descriptionHead struct {
	Format int    `json:"format"`
	Host   string `json:"host"`
	Sum    string `json:"sum"` // SHA-256 of the rest: a damaged description is not used
}

func (d *descriptions) folder() string { return filepath.Join(d.dir, "descriptions") }

func (d *descriptions) path(sum [sha256.Size]byte) string {
	return filepath.Join(d.folder(), hex.EncodeToString(sum[:])+".json")
}

// find gives the remembered description of the plugin with this hash. It was checked before it was kept.
func (d *descriptions) find(vendor string, sum [sha256.Size]byte) (is sdk.Description, ok bool) {
	if d.dir == "" {
		return is, false
	}
	data, err := readCache(d.path(sum))
	if err != nil {
		return is, false
	}
	line, text, _ := bytes.Cut(data, []byte("\n"))
	var head descriptionHead
	if json.Unmarshal(line, &head) != nil || head != d.head(text) {
		return is, false
	}
	if json.Unmarshal(text, &is) != nil || is.Vendor != vendor {
		return sdk.Description{}, false
	}
	return is, true
}

// keep remembers a description that was checked.
func (d *descriptions) keep(sum [sha256.Size]byte, is sdk.Description) {
	if d.dir == "" {
		return
	}
	text, err := json.Marshal(is)
	if err != nil {
		return
	}
	line, err := json.Marshal(d.head(text))
	if err != nil {
		return
	}
	writeCache(d.path(sum), slices.Concat(line, []byte("\n"), text))
	d.prune()
}

// prune forgets the oldest descriptions where there are too many.
func (d *descriptions) prune() {
	entries, err := os.ReadDir(d.folder())
	if err != nil || len(entries) <= maxDescriptions {
		return
	}
	var files []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, f := range files[min(maxDescriptions, len(files)):] {
		_ = os.Remove(filepath.Join(d.folder(), f.Name()))
	}
}

// head is what has to stand before a description for it to be used.
func (d *descriptions) head(text []byte) descriptionHead {
	sum := sha256.Sum256(text)
	return descriptionHead{Format: descriptionFormat, Host: d.host, Sum: hex.EncodeToString(sum[:])}
}
