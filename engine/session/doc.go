// Package session is the server's side of one Blaze connection: it reads
// requests one after another, has the [Router] answer them, and writes
// responses and notifications in the order the game relies on (spec: blaze
// 1.6, engine 2.8).
//
// Everything a session sends goes through one bounded queue. While a request
// is being answered, notifications wait behind its response; nothing that
// sends ever blocks. A game that does not read until its queue is full is
// disconnected.
package session
