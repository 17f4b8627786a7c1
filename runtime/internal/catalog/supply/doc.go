// Package supply gets the plugins that a flow requires: it chooses their versions, puts them into the depot, has them say what they are, and locks
// them. It is what `authrun init` does, and `authrun plugin install` and `mirror`.
//
// What is locked stays, as long as the flow's constraints allow it: another version is chosen only when it is asked for or the flow changed. Nothing is
// locked before every plugin of the flow is in its place and has said that it is what it was published as.
//
// The package joins the catalog, the sources and the lock file. It is imported by the runtime only.
package supply
