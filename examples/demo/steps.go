package main

// step is one command and what has to come of it.
type step struct {
	say      string   // before it, for the reader
	args     []string // of authrun
	status   int      // exit status that has to come
	calls    int      // calls that the vendors have to get
	revealed string   // the secret that was asked for, in the output; others must not be there
}

// The secrets of the quickstart, and the beginning of the token of each vendor that has a typical one. None may be printed unasked.
var secrets = []string{
	wrongPassword, "demo-pbx-password", "demo-accesskey", "demo-client-secret", "demo-app-security", "demo-lingju-appkey",
	easemobToken, "ID01:u-", "ID01:asg", "9d00000",
}

const (
	wrongPassword = "mistyped-password"
	easemobToken  = "YWMt"
)

// steps tell the story of the demo.
func steps(flow, base string) []step {
	with := func(verb string, more ...string) []string {
		return append([]string{verb, flow, "--var", "sim=" + base}, more...)
	}
	wrong := with("apply", "--var", "pbx_password="+wrongPassword)
	return []step{{
		say:   "Five credentials, each through a plugin of its own. One block waits for another, the rest runs at once.",
		args:  with("apply"),
		calls: 5,
	}, {
		say:  "The same again. All of them live, so nobody is called.",
		args: with("apply"),
	}, {
		say:  "The outputs, from the store. Sensitive ones are hidden...",
		args: with("output"),
	}, {
		say:      "...unless one is asked for.",
		args:     append([]string{"output", flow, "im_token"}, "--raw", "--var", "sim="+base),
		revealed: easemobToken,
	}, {
		say:    "A wrong password: one call, and a clear no. What does not depend on it stays as it is.",
		args:   wrong,
		status: 1,
		calls:  1,
	}, {
		say:    "The same wrong password again. It was refused, and five wrong ones lock a PBX: it is not sent a second time.",
		args:   wrong,
		status: 1,
	}, {
		say:  "The right password again. Its credential still lives, so this needs no call either.",
		args: with("apply"),
	}}
}
