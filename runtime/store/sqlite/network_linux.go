package sqlite

import "golang.org/x/sys/unix"

// foreign names the kind of the file system that a path lies on where it is not a local one; "": it is, or nobody knows.
func foreign(path string) string {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return ""
	}
	return kind(uint32(st.Type)) //nolint:gosec // The type's width differs by architecture; the magic numbers have 32 bits.
}

// kind names the file systems that are refused, by the kernel's magic number.
func kind(magic uint32) string {
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return "NFS"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		return "SMB"
	case unix.FUSE_SUPER_MAGIC:
		return "FUSE"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		return "AFS"
	case unix.CEPH_SUPER_MAGIC:
		return "Ceph"
	}
	return ""
}
