// Package matchmaking brings players who search into games that fit (spec:
// blaze 4.6.10, engine 5).
//
// A search looks through the open games at once and waits in a queue if none
// fits. The queue is looked through, in order of arrival and whole, whenever a
// game is created, changes or has a place again. Searching and waiting are one
// step under one lock: no player is queued beside a game that fits, and none
// is in two places.
package matchmaking
