package sqlite

import (
	"strings"

	"golang.org/x/sys/unix"
)

// foreign names the kind of the file system that a path lies on where it is not a local one; "": it is, or nobody knows.
func foreign(path string) string {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return ""
	}
	switch name := unix.ByteSliceToString(st.Fstypename[:]); {
	case name == "nfs":
		return "NFS"
	case name == "smbfs", name == "cifs":
		return "SMB"
	case strings.Contains(name, "fuse"):
		return "FUSE"
	case name == "afpfs":
		return "AFP"
	case name == "webdav":
		return "WebDAV"
	}
	return ""
}
