package launch

// instruction is one of the kernel's classic BPF (struct sock_filter).
type instruction struct {
	code   uint16
	jt, jf uint8 // how many instructions to pass over where the test holds, and where not
	k      uint32
}

// The instructions that a filter is made of.
const (
	loadWord  = 0x20 // A = the word of seccomp_data at k
	andWith   = 0x54 // A &= k
	jumpEqual = 0x15 // A == k?
	jumpSet   = 0x45 // A & k != 0?
	jumpAtOr  = 0x35 // A >= k?
	giveBack  = 0x06 // the verdict k
)

// Where the fields of seccomp_data lie: both processors are little-endian, so that an argument's low half comes first.
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArgs   = 16
)

// The verdicts.
const (
	verdictAllow   = 0x7fff0000
	verdictKill    = 0x80000000
	verdictDeny    = 0x00050000 | 1  // EPERM
	verdictUnknown = 0x00050000 | 38 // ENOSYS
)

// processor is what is different between two processors.
type processor struct {
	audit  uint32 // AUDIT_ARCH_*
	number func(call) uint16
	second uint32 // numbers from here on belong to a second set of calls (x32) that is closed; 0: there is none
}

// processorOf is the processor of Go's name for it, and whether there are filters for it.
func processorOf(goarch string) (processor, bool) {
	switch goarch {
	case "amd64":
		return processor{0xc000003e, func(c call) uint16 { return c.amd64 }, 0x40000000}, true
	case "arm64":
		return processor{0xc00000b7, func(c call) uint16 { return c.arm64 }, 0}, true
	}
	return processor{}, false
}

// Flags and commands of the judged calls, the same on both processors.
const (
	afUnix      = 1
	sockStream  = 1
	sockType    = 0xf        // the bits of socket's second argument that are the type
	cloneThread = 0x00010000 // a thread of this process and no process of its own
	cloneSpaces = 0x7e020000 // new namespaces of any kind
	mapShared   = 0x01       // MAP_SHARED and MAP_SHARED_VALIDATE
	mapAnon     = 0x20
	mapGrows    = 0x100 // counts as stack and not as data
)

// fcntlSignals are the commands that have the kernel send any signal to any process of the user: F_SETOWN, F_SETSIG, F_SETOWN_EX.
// ioctlDenied do the same (FIOSETOWN, SIOCSPGRP) or type into a terminal (TIOCSTI, TIOCLINUX).
var (
	fcntlSignals = [...]uint32{8, 10, 15}
	ioctlDenied  = [...]uint32{0x8901, 0x8902, 0x5412, 0x541c}
)

// filter is the seccomp program for the process of that number: everything is allowed but what stands here and in calls.go. A list of what
// is allowed would be stronger, and break plugins with each new version of a runtime; Landlock stands behind this one.
func filter(p processor, pid uint32) []instruction {
	out := []instruction{
		{loadWord, 0, 0, offsetArch}, {jumpEqual, 1, 0, p.audit}, {giveBack, 0, 0, verdictKill},
		{loadWord, 0, 0, offsetNumber},
	}
	if p.second != 0 {
		out = append(out, instruction{jumpAtOr, 0, 1, p.second}, instruction{giveBack, 0, 0, verdictKill})
	}
	// judge adds a test of one call. Its body gives a verdict on every way through, so that what follows finds the number still loaded.
	judge := func(c call, body ...instruction) {
		if n := p.number(c); n != none {
			out = append(out, instruction{jumpEqual, 0, uint8(len(body)), uint32(n)})
			out = append(out, body...)
		}
	}
	allow, deny := instruction{giveBack, 0, 0, verdictAllow}, instruction{giveBack, 0, 0, verdictDeny}
	judge(callSocket, low(0), instruction{jumpEqual, 0, 3, afUnix}, low(1), instruction{andWith, 0, 0, sockType},
		instruction{jumpEqual, 1, 0, sockStream}, deny, allow)
	judge(callSocketpair, low(0), instruction{jumpEqual, 1, 0, afUnix}, deny, allow)
	judge(callClone, low(0), instruction{jumpSet, 1, 0, cloneSpaces}, instruction{jumpSet, 1, 0, cloneThread}, deny, allow)
	judge(callKill, low(0), instruction{jumpEqual, 1, 0, pid}, deny, allow)
	judge(callTgkill, low(0), instruction{jumpEqual, 1, 0, pid}, deny, allow)
	judge(callPrlimit, low(2), instruction{jumpEqual, 0, 2, 0}, high(2), instruction{jumpEqual, 1, 0, 0}, deny, allow)
	judge(callFcntl, oneOf(1, fcntlSignals[:])...)
	judge(callIoctl, oneOf(1, ioctlDenied[:])...)
	judge(callMmap, low(3), instruction{jumpSet, 2, 0, mapGrows}, instruction{jumpSet, 0, 2, mapAnon}, instruction{jumpSet, 0, 1, mapShared},
		deny, allow)
	for _, c := range denied {
		judge(c, deny)
	}
	for _, c := range unknown {
		judge(c, instruction{giveBack, 0, 0, verdictUnknown})
	}
	return append(out, allow)
}

// low and high load the halves of the argument of that index.
func low(arg uint32) instruction  { return instruction{loadWord, 0, 0, offsetArgs + 8*arg} }
func high(arg uint32) instruction { return instruction{loadWord, 0, 0, offsetArgs + 8*arg + 4} }

// oneOf is a body that denies where the argument is one of values.
func oneOf(arg uint32, values []uint32) []instruction {
	body := []instruction{low(arg)}
	for i, v := range values {
		body = append(body, instruction{jumpEqual, uint8(len(values) - i), 0, v})
	}
	return append(body, instruction{giveBack, 0, 0, verdictAllow}, instruction{giveBack, 0, 0, verdictDeny})
}
