package launch

// Layer is one of the things that hold a plugin. Each is another part of the kernel, and may be missing without the others.
type Layer string

// The layers, in the order in which they are laid.
const (
	Limits       Layer = "limits"       // of memory, processor time, open files and written files: setrlimit
	NoPrivileges Layer = "no_new_privs" // no set-uid program gives it more than it has: PR_SET_NO_NEW_PRIVS
	Landlock     Layer = "landlock"     // no file but its own executable and the folder of its socket
	NoCapability Layer = "capabilities" // a plugin of root has none of root's powers
	SystemCalls  Layer = "seccomp"      // no network, no other process, no change of a file's owner, mode or time
)

// Layers are all layers, in the order in which they are laid.
func Layers() []Layer { return []Layer{Limits, NoPrivileges, Landlock, NoCapability, SystemCalls} }

// Without says what a plugin can do where the layer is missing, in words that follow "plugins can".
func (l Layer) Without() string {
	switch l {
	case Limits:
		return "use memory and processor time without end"
	case NoPrivileges:
		return "gain privileges by running set-uid programs"
	case Landlock:
		return "read and change this user's files"
	case NoCapability:
		return "use the powers of root"
	case SystemCalls:
		return "reach the network and other processes of this user"
	}
	return "do more than they should"
}

// Report is what holds a plugin, or what this machine could hold one by.
type Report struct {
	Held        []Layer // in the order in which they are laid
	Missing     []Gap   // likewise
	LandlockABI int     // the version of Landlock that is in force; 0: none
}

// Gap is a layer that is missing.
type Gap struct {
	Layer Layer
	Why   string // in words: "the kernel has no Landlock"
}

// Nothing is the report of a plugin that nothing holds, for the given reason.
func Nothing(why string) Report {
	var r Report
	for _, l := range Layers() {
		r.Missing = append(r.Missing, Gap{l, why})
	}
	return r
}

// Complete tells whether no layer is missing.
func (r Report) Complete() bool { return len(r.Missing) == 0 }

// Holds tells whether a layer holds.
func (r Report) Holds(l Layer) bool {
	for _, held := range r.Held {
		if held == l {
			return true
		}
	}
	return false
}

// Gaps says which layers are missing and why, in words: "landlock (the kernel has none)"; empty where none is. Layers that are missing for
// the same reason stand together.
func (r Report) Gaps() string {
	var reasons []string
	layers := map[string]string{}
	for _, g := range r.Missing {
		if layers[g.Why] == "" {
			reasons = append(reasons, g.Why)
			layers[g.Why] = string(g.Layer)
			continue
		}
		layers[g.Why] += ", " + string(g.Layer)
	}
	text := ""
	for i, why := range reasons {
		if i > 0 {
			text += "; "
		}
		text += layers[why] + " (" + why + ")"
	}
	return text
}

// add notes that a layer was laid, or why not.
func (r *Report) add(l Layer, why string) {
	if why == "" {
		r.Held = append(r.Held, l)
		return
	}
	r.Missing = append(r.Missing, Gap{l, why})
}
