package cli

import (
	"errors"
	"fmt"
)

// Exit statuses of the process.
const (
	ExitDone        = 0   // all was done
	ExitFailed      = 1   // something failed, or the command line was wrong
	ExitChanges     = 2   // plan --detailed-exitcode found something to do
	ExitCannotRun   = 126 // exec: the command is there and cannot be run
	ExitNoCommand   = 127 // exec: there is no such command
	ExitInterrupted = 130 // a signal ended it
)

// errTold says that a verb failed and that the person knows already why.
var errTold = errors.New("failed, and said why")

// statusError is the exit status of a command that ran, or should have; the person knows already what there is to know. It may be [ExitDone].
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("the command ended with status %d", int(s)) }
