// Package ssl3 speaks SSL 3.0 as Mass Effect 3 does: RSA key exchange, RC4 with SHA-1 or MD5, and nothing else. It has
// the server role for the redirector and the client role for a simulated game. Both look like crypto/tls: wrap a
// [net.Conn] with [Server] or [Client], or a [net.Listener] with [NewListener], then read and write.
//
// SSL 3.0 with RC4 is broken and protects nothing. It is here because the game's redirector connection knows no other
// protocol, and it is meant for that connection alone, on the loopback address. Everything that leaves the machine must
// use crypto/tls.
//
// The package never resumes sessions, never renegotiates, and asks for no client certificate (spec: client 2).
//
// It also makes the certificate that an unmodified game accepts ([LoadOrCreateCertificate]) and can tell whether a
// certificate is one ([CheckGameCertificate]).
package ssl3
