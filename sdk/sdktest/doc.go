// Package sdktest is the test that every vendor's plugin passes.
//
// [Conformance] runs a vendor the way its host does, as a process of its own (the test binary started once more, see [Main]), and plays
// the vendor's side from a [Script]: what requests must look like and what is answered. Beyond what the script says it checks what holds
// for every vendor: the schema explains itself, nothing is sent before the arguments are there, every broken answer gets its class
// within the declared number of exchanges, odd answers that vendors do send are understood, an operation ends when it is cancelled, and
// no secret appears in any text.
//
// A vendor's test file is then three declarations:
//
//	func TestMain(m *testing.M) { sdktest.Main(m, yunxun.Vendor) }
//
//	func TestConformance(t *testing.T) { sdktest.Conformance(t, yunxun.Vendor, script) }
//
//	var script = sdktest.Script{ ... }
//
// There is no network: exchanges end in this process. It is imported by tests alone.
package sdktest
