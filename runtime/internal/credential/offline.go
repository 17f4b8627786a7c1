package credential

import "fmt"

// notAllowed are the few words for a call that the person who runs authrun did not allow.
const notAllowed = "Vendor call not allowed"

// offline says that a block would need a call where none is allowed.
func offline(d Decision) *Failed {
	return &Failed{
		Class: ClassCanceled, Summary: notAllowed,
		Text:   fmt.Sprintf("Not sent: to %s it a vendor must be called (%s), and this run is offline.", d.Do, d.Reason),
		Advice: "Run it without --offline.",
	}
}

// TooMany says that a run has made all the calls that it may make.
func TooMany(most int) *Failed {
	return &Failed{
		Class: ClassCanceled, Summary: notAllowed,
		Text:   fmt.Sprintf("Not sent: this run may make no more vendor calls; the bound is %d.", most),
		Advice: "Run it again, or with a larger --max-calls.",
	}
}
