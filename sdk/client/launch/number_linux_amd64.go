package launch

// Numbers of system calls that package syscall does not have or that differ between processors.
const (
	numberExecveat = 322
	numberSeccomp  = 317
)
