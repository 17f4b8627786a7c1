package cli

import (
	"os"
	"syscall"
	"testing"
)

// A service manager ends apply --keep by SIGTERM, and takes any other status than 0 for a failure.
func TestKeepEndsWellBySignal(t *testing.T) {
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		f, end := waiting()
		r := start(t.Context(), f, "apply", "flow.hcl", "--keep")
		<-f.started
		r.signals <- s
		<-r.spoke
		end()
		if status := <-r.status; status != ExitDone {
			t.Errorf("%s: status %d", s, status)
		}
	}
}

func TestKeepOfAFlowThatIsWrong(t *testing.T) {
	f := &played{ApplyError: "the flow cannot be kept"}
	for _, args := range [][]string{{"apply", "--keep"}, {"apply", "--keep", "--offline"}, {"apply", "--keep", "--max-calls", "3"}} {
		if status := <-start(t.Context(), f, args...).status; status != ExitFailed {
			t.Errorf("%v: status %d", args, status)
		}
	}
}
