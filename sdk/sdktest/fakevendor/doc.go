// Package fakevendor is what fake servers of vendors have in common: they count and judge requests, and misbehave on demand.
//
// A vendor's author describes the vendor's server by [Routes], each the answer to one documented request, and tests the plugin against it on
// loopback; see the example. A fake that needs more of its own is any [http.Handler] with a [Control] in it.
//
// A fake knows nothing of the plugin, and this package nothing of authrun, so that a mistake in the one cannot hide in the other. It needs no
// package testing: demos serve fakes, too.
package fakevendor
