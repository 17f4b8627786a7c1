package catalog

import (
	"io/fs"
	"time"
)

// identity is what changes when a file's content does: which file, how long, when last written, when last changed in any way. The last
// one is the kernel's own and cannot be set back. Times are nanoseconds since 1970.
type identity struct {
	Dev   uint64 `json:"dev"`
	Ino   uint64 `json:"ino"`
	Size  int64  `json:"size"`
	Mtime int64  `json:"mtime"`
	Ctime int64  `json:"ctime"` // 0: the system does not tell, and the identity proves nothing
}

// identityOf is the identity of an open file, from its stat.
func identityOf(info fs.FileInfo) identity {
	id := identity{Size: info.Size(), Mtime: info.ModTime().UnixNano()}
	id.Dev, id.Ino, id.Ctime = inodeOf(info)
	return id
}

// settled is how long a file must have been left alone before its identity stands for its content: two writes within one tick of the
// kernel's clock leave the same time of change.
const settled = 2 * time.Second

// provesContent tells whether a file of this identity, read at now, holds the same as long as the identity stays.
func (id identity) provesContent(now time.Time) bool {
	return id.Ctime != 0 && now.Sub(time.Unix(0, id.Ctime)) >= settled
}
