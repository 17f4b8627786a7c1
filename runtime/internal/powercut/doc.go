// Package powercut shows what a disk may hold when its power is cut at a moment of a program's run.
//
// It runs the program under ptrace, sees when it flushes a file or a folder, and takes for durable what was flushed until then and nothing
// else. Of what was written since, a cut may leave all, nothing, or any of its sectors; a name that was given since may be there or not. So a
// test can hold "on the disk before it is sent" against the program's own system calls, and needs no promise of the program's.
//
// It works on Linux, and is imported by tests only.
package powercut
