package launch

// none is the number of a system call that a processor's Linux does not have.
const none = 0xffff

// call is a system call and its numbers.
type call struct {
	name         string
	amd64, arm64 uint16
}

// denied are the system calls that a plugin is refused (EPERM) whatever their arguments. What stands here is either a way round Landlock,
// which does not cover it, or a way to other processes and the network, or nothing that a plugin has any use for and many kernels had
// faults in.
var denied = [...]call{
	// To other processes, and to the kernel itself.
	{"fork", 57, none}, {"vfork", 58, none}, {"ptrace", 101, 117}, {"process_vm_readv", 310, 270}, {"process_vm_writev", 311, 271},
	{"process_madvise", 440, 440}, {"process_mrelease", 448, 448}, {"kcmp", 312, 272}, {"pidfd_open", 434, 434}, {"pidfd_getfd", 438, 438},
	{"pidfd_send_signal", 424, 424}, {"tkill", 200, 130}, {"rt_sigqueueinfo", 129, 138}, {"rt_tgsigqueueinfo", 297, 240},
	{"bpf", 321, 280}, {"perf_event_open", 298, 241}, {"userfaultfd", 323, 282}, {"add_key", 248, 217}, {"request_key", 249, 218},
	{"keyctl", 250, 219}, {"setpriority", 141, 140}, {"ioprio_set", 251, 30}, {"sched_setscheduler", 144, 119}, {"sched_setparam", 142, 118},
	{"sched_setattr", 314, 274}, {"sched_setaffinity", 203, 122}, {"migrate_pages", 256, 238}, {"move_pages", 279, 239},
	// Out of the group of processes that the host kills, and out of the limits.
	{"setpgid", 109, 154}, {"setsid", 112, 157}, {"setrlimit", 160, 164},
	// To others by way of objects that have no file.
	{"connect", 42, 203}, {"shmget", 29, 194}, {"shmat", 30, 196}, {"shmctl", 31, 195}, {"semget", 64, 190}, {"semop", 65, 193},
	{"semctl", 66, 191}, {"semtimedop", 220, 192}, {"msgget", 68, 186}, {"msgsnd", 69, 189}, {"msgrcv", 70, 188}, {"msgctl", 71, 187},
	{"mq_open", 240, 180}, {"mq_unlink", 241, 181},
	// To memory and programs that have no file.
	{"memfd_create", 319, 279}, {"memfd_secret", 447, 447},
	// To what files are like, which Landlock leaves open, and to what happens to them.
	{"chmod", 90, none}, {"fchmod", 91, 52}, {"fchmodat", 268, 53}, {"fchmodat2", 452, 452}, {"chown", 92, none}, {"fchown", 93, 55},
	{"lchown", 94, none}, {"fchownat", 260, 54}, {"utime", 132, none}, {"utimes", 235, none}, {"futimesat", 261, none}, {"utimensat", 280, 88},
	{"setxattr", 188, 5}, {"lsetxattr", 189, 6}, {"fsetxattr", 190, 7}, {"setxattrat", 463, 463}, {"removexattr", 197, 14},
	{"lremovexattr", 198, 15}, {"fremovexattr", 199, 16}, {"removexattrat", 466, 466}, {"file_setattr", 469, 469}, {"truncate", 76, 45},
	{"name_to_handle_at", 303, 264}, {"open_by_handle_at", 304, 265}, {"inotify_init", 253, none}, {"inotify_init1", 294, 26},
	{"inotify_add_watch", 254, 27}, {"fanotify_init", 300, 262}, {"fanotify_mark", 301, 263},
	// To another view of the machine, and to the machine.
	{"mount", 165, 40}, {"umount2", 166, 39}, {"unshare", 272, 97}, {"setns", 308, 268}, {"chroot", 161, 51}, {"pivot_root", 155, 41},
	{"open_tree", 428, 428}, {"open_tree_attr", 467, 467}, {"move_mount", 429, 429}, {"fsopen", 430, 430}, {"fsconfig", 431, 431},
	{"fsmount", 432, 432}, {"fspick", 433, 433}, {"mount_setattr", 442, 442}, {"statmount", 457, 457}, {"listmount", 458, 458},
	{"kexec_load", 246, 104}, {"kexec_file_load", 320, 294}, {"init_module", 175, 105}, {"finit_module", 313, 273},
	{"delete_module", 176, 106}, {"reboot", 169, 142}, {"swapon", 167, 224}, {"swapoff", 168, 225}, {"acct", 163, 89}, {"syslog", 103, 116},
	{"quotactl", 179, 60}, {"quotactl_fd", 443, 443},
}

// unknown are the system calls that a plugin is told the kernel does not have (ENOSYS), so that libraries take the older way: their
// arguments lie in memory, where a filter cannot look.
var unknown = [...]call{
	{"clone3", 435, 435}, {"io_uring_setup", 425, 425}, {"io_uring_enter", 426, 426}, {"io_uring_register", 427, 427},
}

// The system calls that are judged by their arguments; see filter.
var (
	callSocket     = call{"socket", 41, 198}
	callSocketpair = call{"socketpair", 53, 199}
	callClone      = call{"clone", 56, 220}
	callKill       = call{"kill", 62, 129}
	callTgkill     = call{"tgkill", 234, 131}
	callPrlimit    = call{"prlimit64", 302, 261}
	callFcntl      = call{"fcntl", 72, 25}
	callIoctl      = call{"ioctl", 16, 29}
	callMmap       = call{"mmap", 9, 222}
)
