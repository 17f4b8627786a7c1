package view

import (
	"fmt"

	"github.com/authrun/authrun/runtime"
)

// Backup says what a copy of a store is, and what else is needed to use it.
func Backup(b runtime.Backup) string {
	text := fmt.Sprintf("%s: a copy of the store %s, %s.\n", visible(b.Path), visible(b.Store), size(b.Size))
	switch {
	case b.KeyFile != "":
		return text + fmt.Sprintf("It opens with the key file %s only: keep a copy of that, too, in another place.\n", visible(b.KeyFile))
	case b.Source != "":
		return text + fmt.Sprintf("It opens with the key of %s only: keep that, too, in another place.\n", visible(b.Source))
	}
	return text + "It opens with the key of the store only: keep that, too, in another place.\n"
}

// size writes a number of bytes.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KiB", (n+1023)>>10)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// BackupObject is a copy of a store as JSON.
type BackupObject struct {
	Store   string `json:"store"`
	Path    string `json:"path"`
	Size    int64  `json:"size"` // bytes
	Key     string `json:"key,omitempty"`
	KeyFile string `json:"key_file,omitempty"`
}

// BackupJSON is a copy of a store for programs.
func BackupJSON(b runtime.Backup) BackupObject {
	return BackupObject{Store: b.Store, Path: b.Path, Size: b.Size, Key: b.Source, KeyFile: b.KeyFile}
}
