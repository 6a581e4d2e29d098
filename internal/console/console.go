// Package console makes the standard streams of a Windows GUI program usable.
//
// charon.exe is linked for the GUI subsystem so that the tray starts without a black window. Windows gives such a program no console,
// even when it is started from one; "charon version" would print nothing.
package console

// Attach connects os.Stdin, os.Stdout and os.Stderr to the console of the parent process where they lead nowhere, and reports
// whether output can be seen by somebody: on a console, or in the file or pipe that a stream was redirected to.
// Redirected streams are left as they are. Call it once, first thing in main.
//
// On other systems the streams always work: nothing is changed and the answer is true.
func Attach() bool { return attach() }
