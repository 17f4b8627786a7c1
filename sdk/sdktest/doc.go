// Package sdktest is the test that every vendor's plugin passes.
//
// [Conformance] runs a vendor the way its host does, as a process of its own (the test binary started once more, see [Main]), and plays
// the vendor's side from a [Script]: what requests must look like and what is answered. Package conformance, whose results it makes tests of,
// says what is checked beyond that.
//
// A vendor's test file is then three declarations:
//
//	func TestMain(m *testing.M) { sdktest.Main(m, yunxun.Vendor) }
//
//	func TestConformance(t *testing.T) { sdktest.Conformance(t, yunxun.Vendor, script) }
//
//	var script = sdktest.Script{ ... }
//
// There is no network: exchanges end in this process. For tests of a vendor against a server on loopback there are [Bench] and package
// fakevendor. It is imported by tests alone.
package sdktest
