//go:build amd64 || arm64

package launch

// Possible tells whether there is a launcher for this system at all.
const Possible = true

// Probe tells what this machine can hold a plugin by, without taking anything from anybody. What a launcher really laid is in its own
// report, which may have gaps that this one has not.
func Probe() Report {
	var r Report
	r.add(Limits, "")
	r.add(NoPrivileges, "")
	abi, why := landlockABI()
	r.LandlockABI = abi
	r.add(Landlock, why)
	r.add(NoCapability, "")
	r.add(SystemCalls, seccompProblem())
	return r
}
