package ssl3

import "net"

// Listener makes server connections out of those that another listener accepts.
type Listener struct {
	net.Listener

	config *ServerConfig
}

// NewListener returns a listener over inner, which it closes when it is closed.
func NewListener(inner net.Listener, config *ServerConfig) *Listener {
	return &Listener{Listener: inner, config: config}
}

// Accept waits for the next connection and returns it as a [*Conn]. It does not make the handshake, so a client that stalls
// holds up nobody but the goroutine that serves it. How many connections may be open at once is for the caller to limit.
func (l *Listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return Server(inner, l.config), nil
}
