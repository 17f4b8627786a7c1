// Package registrytest tests authrun against a real OCI registry, the CNCF's distribution, on loopback: publishing a plugin, `authrun init`, and
// what a registry with a login asks for.
//
// It is a module of its own, so that what the registry depends on stays out of authrun's. `make test` runs it.
package registrytest
