// Package app is the controller of the desktop program: it brings the local
// services and the chosen server together, keeps the one state of the program,
// and publishes it as snapshots. The command line, and whatever else shows the
// state, only renders them.
package app
