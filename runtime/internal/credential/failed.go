package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// Classes of failure that are not a vendor's.
const (
	ClassPlugin   = "plugin"
	ClassStore    = "store"
	ClassCanceled = "canceled"
	// ClassInvalidConfig is for a configuration that fights with another one.
	ClassInvalidConfig = "invalid_config"
)

// Failed is why a block's credential is not valid. Its texts come from vendors and plugins, and are not redacted yet.
type Failed struct {
	Class   string    // an sdk.Class, or one of the Class constants
	Summary string    // few fixed words, in place of the class's; may be empty
	Text    string    // what happened, for a person
	Advice  string    // what to do about it; may be empty
	Path    []string  // the argument at fault, where one is
	Until   time.Time // when a call is possible again; zero: not known
	Limit   string    // name of the limit that refused it, unsent; empty: none did
	Latched bool      // nothing was sent: it had been refused before
	Held    bool      // nothing was sent: it failed a moment ago
	// Problems are what the plugin found wrong with the configuration.
	Problems []sdk.Problem
	Err      error // what lies below, for errors.Is and errors.As; may be nil
}

// Error is the class and the text.
func (f *Failed) Error() string { return f.Class + ": " + f.Text }

// Unwrap is the error below.
func (f *Failed) Unwrap() error { return f.Err }

// storeFailed says that what was done with the store failed.
func storeFailed(doing string, err error) *Failed {
	var failed *Failed
	switch {
	case errors.As(err, &failed):
		return failed
	case errors.Is(err, context.Canceled):
		return canceled(err)
	}
	return &Failed{Class: ClassStore, Text: fmt.Sprintf("could not %s: %v.", doing, err), Err: err}
}

// canceled says that what was under way had to end, because of err: an interrupt, or the lock that was lost.
func canceled(err error) *Failed {
	var failed *Failed
	if errors.As(err, &failed) {
		return failed
	}
	return &Failed{Class: ClassCanceled, Text: "It was interrupted before it was done.", Err: err}
}

// failedOf turns the error of an operation into a Failed.
func failedOf(err error) *Failed {
	var failed *Failed
	var vendor *sdk.Failure
	var fault *client.Error
	switch {
	case errors.As(err, &failed):
		return failed
	case errors.As(err, &vendor):
		return &Failed{Class: string(vendor.Class), Text: vendor.Text, Path: vendor.Path, Err: err}
	case errors.As(err, &fault):
		return &Failed{Class: ClassPlugin, Text: fault.Error(), Err: err}
	case errors.Is(err, context.Canceled):
		return canceled(err)
	default:
		return &Failed{Class: ClassPlugin, Text: err.Error(), Err: err}
	}
}
