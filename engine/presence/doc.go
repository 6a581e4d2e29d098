// Package presence knows who is online: a [User] for every login, what the
// others may know about him (his extended data), and who is told when that
// changes (spec: engine 2.5 to 2.9, blaze 4.5.6).
//
// A user is told about himself from postAuth on, and about everybody in his
// game. At most one subscription exists for each pair of users.
//
// Locks: a User's own lock is taken after a game's and before a connection's
// queue. Nothing here blocks while holding it: a [Peer] only queues.
package presence
