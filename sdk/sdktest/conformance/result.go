package conformance

// Status is how a check went.
type Status string

// The ways in which a check can go.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped" // nothing was examined
)

// Result is how one check went.
type Result struct {
	Check    string    `json:"check"` // its name: "broken answers"
	About    string    `json:"about"` // what must hold, in one sentence
	Status   Status    `json:"status"`
	Findings []Finding `json:"findings,omitempty"` // of one that failed
	Skipped  []string  `json:"skipped,omitempty"`  // what was left out, and why; also of one that passed or failed
}

// Finding is one thing that is wrong with a plugin, or with its script. It holds no secret that the examination knows.
type Finding struct {
	Problem string `json:"problem"` // what is wrong, and where: "login, exchange 1: status 503: it failed with class ..."
	Advice  string `json:"advice"`  // what to do, in sentences
}

// result is that of a check with what it found and left out. Without both it passed; one that was begun and left out everything is skipped.
func (c check) result(findings []Finding, skipped []string, examined bool) Result {
	r := Result{Check: c.name, About: c.about, Status: Passed, Findings: findings, Skipped: skipped}
	switch {
	case len(findings) > 0:
		r.Status = Failed
	case !examined:
		r.Status = Skipped
	}
	return r
}
