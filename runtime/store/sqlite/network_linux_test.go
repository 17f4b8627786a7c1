package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestKind(t *testing.T) {
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0xff534d42: "SMB", 0xfe534d42: "SMB", 0x517b: "SMB", 0x65735546: "FUSE",
		unix.EXT4_SUPER_MAGIC: "", unix.TMPFS_MAGIC: "", unix.OVERLAYFS_SUPER_MAGIC: "", unix.XFS_SUPER_MAGIC: "", 0: "",
	} {
		if got := kind(magic); got != want {
			t.Errorf("kind(%#x) = %q, want %q", magic, got, want)
		}
	}
}

// The nearest folder that is there tells where a new store would lie.
func TestLocalLooksAtFoldersThatAreThere(t *testing.T) {
	if err := local(filepath.Join(t.TempDir(), "a", "b", "authrun.db")); err != nil {
		t.Error(err)
	}
	dir, asked := t.TempDir(), ""
	err := refuse(filepath.Join(dir, "a", "b", "authrun.db"), func(dir string) string { asked = dir; return "NFS" })
	if err == nil || !strings.Contains(err.Error(), "NFS") || asked != dir {
		t.Errorf("asked for %s instead of %s, error %v", asked, dir, err)
	}
}
