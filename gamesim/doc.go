// Package gamesim is a simulated Mass Effect 3 game: the opposite side of a
// server, for tests, the self-test, the doctor and load (spec: blaze 8).
//
// A [Client] is one game. [Dial] asks the redirector over SSL 3.0 and connects
// to the main server it names; methods then walk through the game's session:
// [Client.PreAuth], [Client.FetchConfigs], [Client.Login] or
// [Client.CreateAccount], [Client.EnterMenu]. A [Lobby] lets several clients
// play one match and knows what each of them must receive. [SelfTest] plays a
// whole evening with up to four of them.
//
// The client is strict where the game would misbehave without a word. Every
// packet is checked against a table written from the specification (the
// schema files): labels, types, order, which fields may be missing. Nothing may
// come that was not announced with [Client.Expect], in the order given there,
// and nothing may stay away. What is wrong is told by a [*Failure] that carries
// the packet. Config.Lenient accepts the known deviations of Pocket Relay
// servers.
//
// The package builds its requests and its expectations from the specification
// alone and shares no message with the server it tests.
package gamesim
