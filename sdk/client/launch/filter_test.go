package launch

import (
	"encoding/binary"
	"testing"

	"golang.org/x/net/bpf"
)

// calledAs is a processor whose calls come by the numbers of that architecture.
type calledAs struct {
	processor
	audit uint32
}

// judgement is what becomes of a call by the processor's own numbers.
func judgement(t *testing.T, p processor, number uint32, args ...uint64) uint32 {
	t.Helper()
	return calledAs{p, p.audit}.judgement(t, number, args...)
}

// judgement runs the filter as the kernel does. Package bpf reads packets, which are big-endian.
func (p calledAs) judgement(t *testing.T, number uint32, args ...uint64) uint32 {
	t.Helper()
	var program []bpf.Instruction
	for _, i := range filter(p.processor, host) {
		program = append(program, bpf.RawInstruction{Op: i.code, Jt: i.jt, Jf: i.jf, K: i.k}.Disassemble())
	}
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 64)
	put := func(at int, v uint32) { binary.BigEndian.PutUint32(data[at:], v) }
	put(offsetNumber, number)
	put(offsetArch, p.audit)
	for i, arg := range args {
		put(offsetArgs+8*i, uint32(arg))
		put(offsetArgs+8*i+4, uint32(arg>>32))
	}
	verdict, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(verdict)
}

// host is the number of the process that is filtered.
const host = 4711

func TestFilter(t *testing.T) {
	for _, test := range []struct {
		name string
		call call
		args []uint64
		want uint32
	}{
		{"a Unix stream", callSocket, []uint64{1, 1 | 0x80800}, verdictAllow},
		{"a Unix datagram", callSocket, []uint64{1, 2}, verdictDeny},
		{"a sequence of Unix packets", callSocket, []uint64{1, 5}, verdictDeny},
		{"TCP", callSocket, []uint64{2, 1}, verdictDeny},
		{"TCP of IPv6, by several paths", callSocket, []uint64{10, 1, 262}, verdictDeny},
		{"UDP", callSocket, []uint64{2, 2}, verdictDeny},
		{"netlink", callSocket, []uint64{16, 3}, verdictDeny},
		{"a pair of Unix sockets", callSocketpair, []uint64{1, 1}, verdictAllow},
		{"a pair of others", callSocketpair, []uint64{30, 1}, verdictDeny},
		{"a thread of Go", callClone, []uint64{0x50f00}, verdictAllow},
		{"a process that shares memory", callClone, []uint64{0x4111}, verdictDeny},
		{"a thread of glibc", callClone, []uint64{0x3d0f00}, verdictAllow},
		{"a process", callClone, []uint64{17}, verdictDeny},
		{"a process in a namespace", callClone, []uint64{0x10000000 | 17}, verdictDeny},
		{"a thread in a namespace", callClone, []uint64{0x00010000 | 0x40000000}, verdictDeny},
		{"a signal to itself", callKill, []uint64{host, 6}, verdictAllow},
		{"a signal to another", callKill, []uint64{host + 1, 9}, verdictDeny},
		{"a signal to all", callKill, []uint64{1<<64 - 1, 9}, verdictDeny},
		{"a signal to its thread", callTgkill, []uint64{host, 5000, 23}, verdictAllow},
		{"a signal to another's thread", callTgkill, []uint64{1, 1, 9}, verdictDeny},
		{"asking for a limit", callPrlimit, []uint64{0, 7, 0, 0xc000012345}, verdictAllow},
		{"setting a limit", callPrlimit, []uint64{0, 7, 0xc000012345, 0}, verdictDeny},
		{"setting a limit far up", callPrlimit, []uint64{0, 7, 0xc000000000, 0}, verdictDeny},
		{"closing on exec", callFcntl, []uint64{3, 2, 1}, verdictAllow},
		{"an owner of a file's signals", callFcntl, []uint64{3, 8, 1}, verdictDeny},
		{"the signal of a file", callFcntl, []uint64{3, 10, 9}, verdictDeny},
		{"an owner of a file's signals, long", callFcntl, []uint64{3, 15, 1}, verdictDeny},
		{"asking for a terminal", callIoctl, []uint64{1, 0x5401}, verdictAllow},
		{"typing into a terminal", callIoctl, []uint64{0, 0x5412}, verdictDeny},
		{"typing into a console", callIoctl, []uint64{0, 0x541c}, verdictDeny},
		{"memory", callMmap, []uint64{0, 4096, 3, 0x22}, verdictAllow},
		{"a file in memory", callMmap, []uint64{0, 4096, 1, 0x01}, verdictAllow},
		{"shared memory", callMmap, []uint64{0, 4096, 3, 0x21}, verdictDeny},
		{"shared memory, checked", callMmap, []uint64{0, 4096, 3, 0x23}, verdictDeny},
		{"a stack", callMmap, []uint64{0, 4096, 3, 0x122}, verdictDeny},
	} {
		for _, goarch := range []string{"amd64", "arm64"} {
			p, _ := processorOf(goarch)
			if got := judgement(t, p, uint32(p.number(test.call)), test.args...); got != test.want {
				t.Errorf("%s: %s: got %#x, want %#x", goarch, test.name, got, test.want)
			}
		}
	}
}

func TestFilterOfCallsAlone(t *testing.T) {
	for _, goarch := range []string{"amd64", "arm64"} {
		p, _ := processorOf(goarch)
		for _, c := range denied {
			if n := p.number(c); n != none && judgement(t, p, uint32(n)) != verdictDeny {
				t.Errorf("%s: %s is not denied", goarch, c.name)
			}
		}
		for _, c := range unknown {
			if judgement(t, p, uint32(p.number(c))) != verdictUnknown {
				t.Errorf("%s: %s is known", goarch, c.name)
			}
		}
		other := calledAs{p, p.audit ^ 0x80000000}
		if got := other.judgement(t, 0); got != verdictKill {
			t.Errorf("%s: a call by the numbers of another processor is judged %#x", goarch, got)
		}
	}
	amd64, _ := processorOf("amd64")
	if got := judgement(t, amd64, 0x40000000|42); got != verdictKill {
		t.Errorf("a call of x32 is judged %#x", got)
	}
	if len(filter(amd64, host)) > 4096 {
		t.Error("the kernel takes no filter of this length")
	}
}
