// Package runtimetest lets a program that embeds authrun test itself in five lines: a flow, vendors that do as they are told, and a clock that
// goes when it is told to. Nothing leaves the process, and nothing is left behind.
//
//	vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour}
//	stage := runtimetest.New(t, `auth "acme" "main" {}`, vendor)
//	token, err := stage.Source("auth.acme.main").Token()
//	stage.Clock.Advance(2 * time.Hour)
//	// vendor.Calls() says how often the vendor was asked.
//
// It is imported by tests only.
package runtimetest
