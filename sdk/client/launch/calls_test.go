package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestNumbers compares the numbers of system calls with those of golang.org/x/sys, which takes them from the kernel.
func TestNumbers(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		t.Skipf("where its source lies is not known: %v", err)
	}
	calls := []call{callSocket, callSocketpair, callClone, callKill, callTgkill, callPrlimit, callFcntl, callIoctl, callMmap}
	calls = append(append(calls, denied[:]...), unknown[:]...)
	for _, goarch := range []string{"amd64", "arm64"} {
		p, _ := processorOf(goarch)
		source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "unix", "zsysnum_linux_"+goarch+".go"))
		if err != nil {
			t.Fatal(err)
		}
		numbers := map[string]uint16{}
		for _, m := range regexp.MustCompile(`(?m)^\s*SYS_(\w+)\s*=\s*(\d+)$`).FindAllStringSubmatch(string(source), -1) {
			n, err := strconv.ParseUint(m[2], 10, 16)
			if err != nil {
				t.Fatal(err)
			}
			numbers[strings.ToLower(m[1])] = uint16(n)
		}
		for _, c := range calls {
			want, there := numbers[c.name]
			if !there {
				want = none
			}
			if got := p.number(c); got != want {
				t.Errorf("%s: %s is %d, want %d", goarch, c.name, got, want)
			}
		}
	}
}

func TestNoCallTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range append(append([]call{callSocket, callSocketpair, callClone, callKill, callTgkill, callPrlimit, callFcntl, callIoctl, callMmap},
		denied[:]...), unknown[:]...) {
		if seen[c.name] {
			t.Errorf("%s is there twice", c.name)
		}
		seen[c.name] = true
	}
}
