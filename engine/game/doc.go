// Package game holds the lobbies and matches: up to four players each, their
// slots, the host, state, settings and attributes, and everything the members
// are told when one of these changes (spec: blaze 4.6, engine 4).
//
// A [Game] is changed under its own lock, so that all members see all changes
// in the same order. Notifications are queued while it is held and sent by the
// sessions' own goroutines; nothing blocks. The order of locks is that of a
// player's logins (package auth), matchmaking, game, user, session.
package game
