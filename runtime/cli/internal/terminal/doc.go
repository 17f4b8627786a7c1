// Package terminal knows how text stands on a screen: how wide it is, where it may be broken, how it is coloured, and how a few lines at the
// bottom of the screen are redrawn while others are printed above them.
//
// It knows nothing of flows, credentials or diagnostics, and opens no stream: the command line hands it the ones it has. Only runtime/cli and
// its own rooms import it.
package terminal
