package cli

import (
	"log/slog"
	"time"

	"github.com/spf13/pflag"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk"
)

// commonFlags are those of every verb. They may stand before the verb, too.
type commonFlags struct {
	quiet    bool
	noColor  bool
	logLevel string
}

func (c *commonFlags) add(fs *pflag.FlagSet) {
	fs.BoolVarP(&c.quiet, "quiet", "q", false, "show warnings and errors only")
	fs.BoolVar(&c.noColor, "no-color", false, "show no colours (also NO_COLOR)")
	fs.StringVar(&c.logLevel, "log-level", "", "log to standard error from `LEVEL` on: trace, debug, info, warn, error; VENDOR=LEVEL for one plugin; with commas between (also AUTHRUN_LOG)")
}

// pluginFlags are those of the verbs that may start a plugin.
type pluginFlags struct {
	pluginDirs []string
	plugins    []string
}

func (f *pluginFlags) add(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.pluginDirs, "plugin-dir", nil, "look for plugins in `FOLDER` first (also AUTHRUN_PLUGIN_DIR); may be repeated")
	fs.StringArrayVar(&f.plugins, "plugin", nil, "start the executable PATH for a vendor, `VENDOR=PATH`, whatever is locked (also AUTHRUN_PLUGINS); may be repeated")
}

// flowFlags are those of the verbs that read a flow.
type flowFlags struct {
	vars     []string
	varFiles []string
	varsFrom []string
	noInputs bool
	later    bool // a verb that reads what is stored: missing inputs are asked for only where a vendor must be called
	pluginFlags
	store          string
	storeMustExist bool
	parallelism    int
	requireSandbox bool
}

func (f *flowFlags) add(fs *pflag.FlagSet) {
	f.addInputs(fs)
	fs.StringArrayVar(&f.varsFrom, "var-from", nil, "set a variable to what a file holds, `NAME=PATH`, or to standard input, NAME=-; may be repeated")
	f.pluginFlags.add(fs)
	fs.StringVar(&f.store, "store", "", "keep credentials in `FILE` (also AUTHRUN_STORE)")
	fs.BoolVar(&f.storeMustExist, "store-must-exist", false, "do not make a store where there is none")
	fs.BoolVar(&f.requireSandbox, "require-sandbox", false, "start no plugin where a layer of its sandbox is missing (also AUTHRUN_REQUIRE_SANDBOX=1)")
	fs.IntVar(&f.parallelism, "parallelism", 10, "work on at most `N` auth blocks at the same time")
}

// addInputs adds the flags of a verb that needs no plugin and no store.
func (f *flowFlags) addInputs(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.vars, "var", nil, "set a variable, `NAME=VALUE` (also AUTHRUN_VAR_name); may be repeated")
	fs.StringArrayVar(&f.varFiles, "var-file", nil, "set variables from a `FILE`; may be repeated")
}

func (f *flowFlags) options(env Env, logger *slog.Logger) runtime.Options {
	return runtime.Options{
		Env: env.LookupEnv, Environ: env.Environ, Executable: env.Executable, PluginDirs: f.pluginDirs, Plugins: f.plugins, Store: f.store, StoreMustExist: f.storeMustExist,
		Launcher: env.Launcher, RequireSandbox: f.requireSandbox, Parallelism: f.parallelism, Now: env.Now, Logger: logger,
	}
}

func (f *flowFlags) inputs(env Env) runtime.Inputs {
	return runtime.Inputs{Vars: f.vars, VarFiles: f.varFiles, VarsFrom: f.varsFrom, Stdin: env.Stdin, NoInputs: f.noInputs, Later: f.later}
}

// check refuses values that make no sense.
func (f *flowFlags) check(verb string) error {
	if f.parallelism < 1 {
		return usage(verb, "--parallelism must be at least 1")
	}
	return nil
}

// callFlags are those of the verbs that may call a vendor.
type callFlags struct {
	force   []string
	minLife time.Duration
}

func (f *callFlags) add(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.force, "force", nil, "get the credential of `ADDRESS` anew, even if it lives; may be repeated")
	fs.Var((*duration)(&f.minLife), "min-life", "renew what lives shorter than `DURATION`: 90s, 12h, 7d")
}

func (f *callFlags) options() runtime.ApplyOptions {
	return runtime.ApplyOptions{Force: f.force, MinLife: f.minLife}
}

// duration is a flag's value: a duration of Go, or of days.
type duration time.Duration

// Set reads the value.
func (d *duration) Set(text string) error {
	parsed, err := sdk.ParseDuration(text)
	if err != nil {
		return err
	}
	if parsed < 0 {
		return errNegative
	}
	*d = duration(parsed)
	return nil
}

// String writes the value; nothing for 0, which is no default worth showing.
func (d *duration) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type is the word for the value in a message.
func (d *duration) Type() string { return "duration" }
