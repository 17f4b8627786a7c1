package cli

import "errors"

// Exit statuses of the process.
const (
	ExitDone        = 0   // all was done
	ExitFailed      = 1   // something failed, or the command line was wrong
	ExitChanges     = 2   // plan --detailed-exitcode found something to do
	ExitInterrupted = 130 // a signal ended it
)

// errTold says that a verb failed and that the person knows already why.
var errTold = errors.New("failed, and said why")
