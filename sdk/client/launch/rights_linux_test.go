//go:build amd64 || arm64

package launch

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestRulesetOf(t *testing.T) {
	const first = uint64(unix.LANDLOCK_ACCESS_FS_MAKE_SYM)<<1 - 1 // all rights of the first version
	for abi, want := range map[int]ruleset{
		1: {files: first},
		2: {files: first | unix.LANDLOCK_ACCESS_FS_REFER},
		3: {files: first | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE},
		4: {files: first | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE,
			net: unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP},
		7: {files: first | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV,
			net:    unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP,
			scoped: unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL},
		12: {files: first | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV |
			unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX,
			net:    unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP,
			scoped: unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL},
	} {
		if got := rulesetOf(abi); got != want {
			t.Errorf("version %d: got %+v, want %+v", abi, got, want)
		}
	}
}

// TestConstants compares with golang.org/x/sys what this package may not import.
func TestConstants(t *testing.T) {
	for name, pair := range map[string][2]int{
		"execveat": {numberExecveat, unix.SYS_EXECVEAT}, "seccomp": {numberSeccomp, unix.SYS_SECCOMP},
		"landlock_create_ruleset": {numberCreateRuleset, unix.SYS_LANDLOCK_CREATE_RULESET},
		"landlock_add_rule":       {numberAddRule, unix.SYS_LANDLOCK_ADD_RULE},
		"landlock_restrict_self":  {numberRestrictSelf, unix.SYS_LANDLOCK_RESTRICT_SELF},
		"execute":                 {rightExecute, unix.LANDLOCK_ACCESS_FS_EXECUTE}, "make_sock": {rightMakeSock, unix.LANDLOCK_ACCESS_FS_MAKE_SOCK},
		"refer": {rightRefer, unix.LANDLOCK_ACCESS_FS_REFER}, "ioctl_dev": {rightIoctlDev, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
		"no_new_privs": {prSetNoNewPrivs, unix.PR_SET_NO_NEW_PRIVS}, "get_no_new_privs": {prGetNoNewPrivs, unix.PR_GET_NO_NEW_PRIVS},
		"securebits": {prSetSecurebits, unix.PR_SET_SECUREBITS}, "ambient": {prCapAmbient, unix.PR_CAP_AMBIENT},
		"capabilities": {capVersion, unix.LINUX_CAPABILITY_VERSION_3}, "O_PATH": {openPath, unix.O_PATH}, "AT_EMPTY_PATH": {atEmptyPath, unix.AT_EMPTY_PATH},
		"memlock": {rlimitMemlock, unix.RLIMIT_MEMLOCK}, "msgqueue": {rlimitMsgqueue, unix.RLIMIT_MSGQUEUE},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %#x, want %#x", name, pair[0], pair[1])
		}
	}
}
