package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// write puts a flow into a file of its own.
func (b *bench) write(name, flow string) (string, error) {
	path := filepath.Join(b.dir, name+".hcl")
	return path, os.WriteFile(path, []byte(flow), 0o600)
}

// start measures what authrun costs where there is nothing to do: against a program that prints a line.
func (b *bench) start() error {
	server := vendors(0)
	defer server.Close()
	flow, err := b.write("five", five(server.URL))
	if err != nil {
		return err
	}
	plain, err := b.write("plain", "locals {\n  a = 1\n}\noutput \"a\" {\n  value = local.a\n}\n")
	if err != nil {
		return err
	}
	home := b.home("start")
	if _, err := b.once(home, command{args: []string{b.authrun, "apply", flow}}); err != nil {
		return err
	}
	return b.compare("nothing to do, against a program that prints a line", home, b.runs,
		command{name: "a line", args: []string{b.line}},
		command{name: "version (to reach: 4)", args: []string{b.authrun, "version"}},
		command{name: "validate without plugins (4)", args: []string{b.authrun, "validate", plain}},
		command{name: "validate, five vendors", args: []string{b.authrun, "validate", flow}},
		command{name: "apply, five stored (7)", args: []string{b.authrun, "apply", flow}},
		command{name: "token, five stored (7)", args: []string{b.authrun, "token", flow, "auth.ippbx.a"}},
	)
}

// cold measures five logins that have to be made: against a program that only sends them, and a shell script with five curls.
func (b *bench) cold() error {
	for _, delay := range []time.Duration{0, 50 * time.Millisecond} {
		server := vendors(delay)
		flow, err := b.write("cold", five(server.URL))
		if err != nil {
			server.Close()
			return err
		}
		home := b.home("cold")
		vars := filepath.Join(b.dir, "cold.hclvars")
		run := 0
		reach := map[bool]string{true: "10", false: "1.35"}[delay == 0]
		commands := []command{
			{name: "bare Go, five POSTs at once", args: append([]string{b.bare}, urls(server.URL)...)},
			{name: "cold apply, the store is there (to reach: " + reach + ")", args: []string{b.authrun, "apply", flow, "--var-file", vars},
				before: func() error {
					run++
					return os.WriteFile(vars, fmt.Appendf(nil, "n = \"x%d\"\n", run), 0o600)
				}},
			{name: "cold apply, the store is made, too", args: []string{b.authrun, "apply", flow, "--store", filepath.Join(home, "new", "a.db")},
				before: func() error { return os.RemoveAll(filepath.Join(home, "new")) }},
		}
		if script := curls(urls(server.URL)); script != "" {
			commands = append(commands, command{name: "shell, five curls at once", args: []string{"sh", "-c", script}})
		}
		err = b.compare(fmt.Sprintf("five vendors that answer after %s", delay), home, b.runs, commands...)
		server.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// curls is a shell script that sends the POSTs with curl and reads a field with jq, as people do it; empty where there is no curl.
func curls(urls []string) string {
	if _, err := exec.LookPath("curl"); err != nil {
		return ""
	}
	read := "cat"
	if _, err := exec.LookPath("jq"); err == nil {
		read = "jq -r '.. | .token? // .access_token? // .accessToken? // empty'"
	}
	var b strings.Builder
	for _, url := range urls {
		fmt.Fprintf(&b, "curl -sS -X POST -H 'Content-Type: application/json' -d '{}' '%s' | %s >/dev/null &\n", url, read)
	}
	return b.String() + "wait\n"
}

// scale measures flows of 1 to 10,000 blocks: what they cost to check, to make, and to find made.
func (b *bench) scale() error {
	server := vendors(0)
	defer server.Close()
	for _, n := range []int{1, 100, 1000, 10000} {
		flow, err := b.write("many", many(server.URL, n))
		if err != nil {
			return err
		}
		home := b.home(fmt.Sprint("scale-", n))
		state := filepath.Join(home, ".local", "state")
		title := fmt.Sprintf("%d auth blocks", n)
		err = b.compare(title, home, max(b.runs/3, 3),
			command{name: "validate", args: []string{b.authrun, "validate", flow}},
			command{name: "cold apply", args: []string{b.authrun, "apply", flow}, before: func() error { return os.RemoveAll(state) }},
			command{name: "warm apply", args: []string{b.authrun, "apply", flow}},
		)
		if err != nil {
			return err
		}
		if err := os.RemoveAll(home); err != nil {
			return err
		}
	}
	return nil
}
