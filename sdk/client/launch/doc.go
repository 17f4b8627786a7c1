// Package launch takes from a plugin's process what a plugin has no use for, before its first instruction runs: the network, the files, the
// capabilities, new privileges, other processes, and memory without end.
//
// On Linux a plugin is not started by its host itself but by a launcher: a process that takes all this from itself, as the kernel lets any
// process do, and then becomes the plugin. The launcher is either the host's own program, started again with a variable in its environment that
// package launch/self answers, or the small program authrun-launch. The host describes the start with a [Spec]; the launcher tells it in a
// [Report] what the kernel did. [Probe] tells beforehand what this machine can do.
//
// Since a launcher runs before each plugin, this package imports next to nothing, and nothing that takes time to initialise. It trusts its
// environment, which is the host's, and knows nothing of plugins beyond the folder of their socket. Only package client and the launchers
// import it, and who wants to know what a machine can hold.
package launch
