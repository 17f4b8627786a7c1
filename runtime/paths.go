package runtime

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// storePath is where the store lies: the option, AUTHRUN_STORE, what the flow says, the state folder, in this order.
func (r *Runtime) storePath(flowSays string) (string, error) {
	for _, path := range []string{r.opts.Store, r.env("AUTHRUN_STORE"), flowSays} {
		if path != "" {
			return filepath.Abs(path)
		}
	}
	dir := r.xdg("XDG_STATE_HOME", ".local", "state")
	if dir == "" {
		return "", errors.New("there is no place for the store: none of --store, AUTHRUN_STORE, `store` in the flow's authrun block, " +
			"XDG_STATE_HOME and HOME is set")
	}
	return filepath.Join(dir, "authrun", "authrun.db"), nil
}

// cacheDir is where schemas of plugins are remembered; empty: nowhere.
func (r *Runtime) cacheDir() string {
	dir := r.xdg("XDG_CACHE_HOME", ".cache")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "authrun", "plugins")
}

// runRoots are the folders of which one holds the connections to plugins while they run. Users share a folder for temporary files, so that
// the one in it is named for the user.
func (r *Runtime) runRoots() []string {
	own := fmt.Sprintf("authrun-%d", os.Getuid())
	var roots []string
	for _, variable := range []string{"XDG_RUNTIME_DIR", "TMPDIR", "TEMP"} {
		if dir := r.env(variable); filepath.IsAbs(dir) {
			roots = append(roots, filepath.Join(dir, own))
		}
	}
	return append(roots, filepath.Join(string(filepath.Separator)+"tmp", own))
}

// pluginDirs are the folders in which plugins are looked for, in order.
func (r *Runtime) pluginDirs() []string {
	dirs := r.namedDirs()
	if exe := r.opts.Executable; exe != "" {
		beside := filepath.Dir(exe)
		dirs = append(dirs, beside, filepath.Join(filepath.Dir(beside), "lib", "authrun", "plugins"))
	}
	if depot := r.depot(); depot != "" {
		dirs = append(dirs, depot)
	}
	return dirs
}

// namedDirs are those of the folders that the user named; they come first.
func (r *Runtime) namedDirs() []string {
	var dirs []string
	for _, dir := range append(slices.Clone(r.opts.PluginDirs), filepath.SplitList(r.env("AUTHRUN_PLUGIN_DIR"))...) {
		if abs, err := filepath.Abs(dir); err == nil && dir != "" {
			dirs = append(dirs, abs)
		}
	}
	return dirs
}

// depot is the user's folder of plugins; empty: there is no place for one.
func (r *Runtime) depot() string {
	data := r.xdg("XDG_DATA_HOME", ".local", "share")
	if data == "" {
		return ""
	}
	return filepath.Join(data, "authrun", "plugins")
}

// pluginFiles are the executables that the user named, by vendor: a list such as that of PATH, and pairs, which are stronger.
func pluginFiles(list string, pairs []string) (map[string]string, error) {
	files := map[string]string{}
	for _, pair := range append(filepath.SplitList(list), pairs...) {
		if pair == "" {
			continue
		}
		vendor, path, ok := strings.Cut(pair, "=")
		if !ok || vendor == "" || path == "" {
			return nil, fmt.Errorf("a plugin of your own is named VENDOR=PATH, not %q", pair)
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		files[vendor] = abs
	}
	return files, nil
}

// xdg is a base directory of the XDG specification: the variable if it holds an absolute path, else a folder under HOME; empty where
// neither is set.
func (r *Runtime) xdg(variable string, underHome ...string) string {
	if dir := r.env(variable); filepath.IsAbs(dir) {
		return dir
	}
	home := r.env("HOME")
	if home == "" {
		return ""
	}
	return filepath.Join(append([]string{home}, underHome...)...)
}

// env is the value of an environment variable; empty where it is not set.
func (r *Runtime) env(name string) string {
	value, _ := r.lookup(name)
	return value
}

// lookup is the value of an environment variable, and whether it is set.
func (r *Runtime) lookup(name string) (value string, set bool) {
	if r.opts.Env == nil {
		return "", false
	}
	return r.opts.Env(name)
}
