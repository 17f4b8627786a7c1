// Package flow reads a flow: one HCL file, or all of a folder, into a static model of what it declares.
//
// The model is what can be said without any value: blocks, names, places, and expressions that nobody has evaluated. Mistakes of the flow's
// author are hcl.Diagnostics with ranges, all of them at once; a [Flow] is returned beside them and holds what could be understood. The
// arguments of a vendor stay an undecoded body, since their schema comes from the vendor's plugin.
//
// The package is imported by package eval, which gives the expressions values, and by package runtime. It evaluates nothing, knows no
// plugin, and reads no files but the flow's own.
package flow
