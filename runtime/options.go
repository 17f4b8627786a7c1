package runtime

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Options are the settings of a [Runtime]. The zero value works, with an empty environment: then the store must be named.
type Options struct {
	// Env looks up an environment variable: AUTHRUN_STORE, AUTHRUN_KEY, AUTHRUN_KEY_COMMAND, AUTHRUN_KEY_FILE, AUTHRUN_PLUGIN_DIR, AUTHRUN_VAR_*,
	// XDG_*, HOME, the proxy variables, and those that a flow reads with env(). nil: none is set. The command line passes os.LookupEnv.
	Env func(name string) (value string, set bool)
	// Environ is all of the environment, NAME=VALUE each, for the command that AUTHRUN_KEY_COMMAND names; nil: it gets an empty one. The command
	// line passes os.Environ.
	Environ func() []string

	// Executable is the path of the running program; plugins are looked for in its folder and in ../lib/authrun/plugins beside it.
	// Empty: not there.
	Executable string
	// PluginDirs are folders in which plugins are looked for before all others.
	PluginDirs []string
	// Plugins are VENDOR=PATH pairs, as `--plugin` gives them, that name the executables of vendors: these are started whatever a flow's lock file
	// says. They are stronger than those of AUTHRUN_PLUGINS, a list such as that of PATH.
	Plugins []string

	// Launcher is the program that takes network, files, capabilities and more from a plugin before it starts it, on Linux: absolute, an
	// authrun-launch, or self.Path() of package sdk/client/launch/self, by which a program consents to be started again as its own launcher.
	// Empty: the authrun-launch in one of the folders where plugins are looked for, and where there is none plugins run without a sandbox.
	// [Runtime.Sandbox] tells what holds.
	Launcher string
	// RequireSandbox starts no plugin where a layer of the sandbox is missing; so does AUTHRUN_REQUIRE_SANDBOX with any value but "", "0" and
	// "false".
	RequireSandbox bool

	// Store is the path of the SQLite store. Empty: AUTHRUN_STORE, the flow's `authrun { store }`, $XDG_STATE_HOME/authrun/authrun.db,
	// ~/.local/state/authrun/authrun.db, in this order.
	Store string
	// Backend is a store that the program brings and closes, after the Runtime; Store is not looked at then. nil: SQLite. Package store/storetest has
	// the suite that it must pass.
	Backend store.Store
	// Key is what AUTHRUN_KEY would hold: the key that seals the store, 32 bytes in Base64 or hexadecimal. It is stronger than all other sources of the
	// key. Empty: these.
	Key string
	// StoreMustExist refuses to make a store that is not there.
	StoreMustExist bool

	// Parallelism is the number of auth blocks worked on at the same time; 0: 10.
	Parallelism int

	// Vendors are vendors inside this program, each a vendor written with package sdk: no process is started for them, and one of them comes
	// before any plugin of its name. For tests, and for tools of a single file.
	Vendors []Vendor
	// Functions are functions of the program that flows may call, by name: lower-case letters, digits and underscores, and none that authrun has.
	Functions map[string]Function

	// RefusalsPerHour is how many tokens of one address are replaced within an hour because they were reported as refused to a [TokenSource]; 0: 12.
	RefusalsPerHour int

	// Transport makes every exchange, in place of one built from a block's `network`. For tests and embedders.
	Transport http.RoundTripper
	// Now is the clock; nil: the system's. Leave it nil where the system's is meant: then what is stored keeps its distance from now although
	// somebody puts the clock (on Linux).
	Now func() time.Time
	// Boot names the run of the machine from one boot to the next, and tells how long it has lasted, sleep included, whatever the clock of Now says.
	// nil: what the kernel says, or nothing where Now is set. For tests.
	Boot func() (id string, up time.Duration)
	// Sleep waits for so long, by the clock of Now, or until ctx ends; then it returns the context's error. nil: by the system's clock. Every wait
	// of the runtime is one of its: for intervals, between two tries, and between two renewals of [Flow.Keep].
	Sleep func(ctx context.Context, d time.Duration) error
	// Logger gets what a developer wants to know; nil: nobody does. What a plugin logs comes by way of Logger.With("plugin", vendor), so that a
	// handler may have another level for each.
	Logger *slog.Logger
}

// Vendor is a vendor inside a program: every sdk.Vendor is one.
type Vendor interface {
	Plugin() (sdk.Plugin, error)
}

// Function is a function of a program that flows may call.
type Function struct {
	// Doc says in a sentence what it gives.
	Doc string
	// Call gives its value: what encoding/json takes. Arguments are what encoding/json makes of any, numbers as json.Number. It may be called from
	// many goroutines, and more than once for one place of a flow; the same arguments must give the same value, since another value is another
	// configuration. Where an argument is sensitive the value is, too, and the error is not shown.
	Call func(args []any) (any, error)
}

// Inputs are the values that a flow is loaded with.
type Inputs struct {
	// Vars are NAME=VALUE pairs, strongest first among sources and last among themselves, as `--var` gives them.
	Vars []string
	// Values are values of variables as encoding/json takes them: text, numbers, booleans, slices, maps. They are stronger than all others. A
	// value may be a secret: it is shown nowhere where its variable is sensitive.
	Values map[string]any
	// VarFiles are paths of *.hclvars files, the last one strongest.
	VarFiles []string
	// VarsFrom are NAME=PATH pairs, as `--var-from` gives them: the variable's value is what the file holds, without one newline at its end.
	// The path "-" is Stdin. They are stronger than Vars, and put no secret into the list of processes.
	VarsFrom []string
	// Stdin is read to its end where VarsFrom says so, and else not touched. nil: there is none.
	Stdin io.Reader
	// NoInputs makes variables and env() without a value unknown instead of errors. Only [Flow.Validate] works with such a flow.
	NoInputs bool
	// Later asks for variables and env() without a value only where a vendor must be called: what is stored can be read without them, as long as
	// the arguments that can be evaluated are unchanged. [Flow.Outputs], [Flow.Status], [Flow.History], [Flow.Credential] and [Flow.Environment]
	// work with such a flow.
	Later bool
}

// ApplyOptions are the settings of one [Flow.Apply].
type ApplyOptions struct {
	// Targets are the addresses to make valid, with what they depend on; none: all. An address without a key means all instances.
	Targets []string
	// Force are addresses to acquire anew, even if alive or latched.
	Force []string
	// MinLife makes a credential with less life left count as one in its renewal window.
	MinLife time.Duration
	// Refused is a token that a consumer saw refused. Where a target's stored token is this one it is replaced, else it is handed out.
	Refused string
	// Offline forbids every vendor call: only what is stored and lives is made valid.
	Offline bool
	// MaxCalls is the number of vendor calls that the run may make at most; 0: as many as it needs.
	MaxCalls int
	// Trace is told of every operation with a vendor; nil: nobody is.
	Trace *Trace
}

// Output is a flow's output and its value.
type Output struct {
	Name      string
	Type      json.RawMessage // cty's JSON form
	Sensitive bool
	Value     json.RawMessage
}

// Credential is a valid credential of one address.
type Credential struct {
	Address    string
	Action     Action
	Token      string
	Generation uint64
	ExpiresAt  time.Time       // zero: never
	Value      json.RawMessage // object of the credential's attributes as a flow sees them

	use []sdk.Placement // where it goes on requests, as templates
}
