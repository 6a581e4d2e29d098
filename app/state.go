package app

import "github.com/charonrelay/charon/proxy"

// State is where the program stands.
type State int

// The states, in the order of a normal run.
const (
	Idle      State = iota // nothing runs
	Preflight              // ports are claimed, the certificate is made
	LookingUp              // the server is asked who it is
	Starting               // the services begin to serve
	Ready                  // the game can play
	Degraded               // it runs, but the game cannot reach the server
	Stopping               // connections are ended
	Failed                 // it could not start, or broke down
)

var stateNames = [...]string{"idle", "preflight", "looking up", "starting", "ready", "degraded", "stopping", "failed"}

// String returns the name of the state in lower case.
func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return "unknown"
	}
	return stateNames[s]
}

// Server is the server that the game plays on.
type Server struct {
	// Name is its address as shown to people.
	Name string
	// Version is the server version it reports.
	Version string
	// Charon is set if it is a Charon server, whatever version it reports.
	Charon bool
	// Bundled is set if it runs inside this program.
	Bundled bool
}

// Snapshot is the state of the program at one moment. It is never changed.
type Snapshot struct {
	State State
	// Server is known from Ready on.
	Server Server
	// Services are listening from Starting on.
	Services []proxy.Service
	// Connected is how many game connections reach the server.
	Connected int
	// Problem says in plain words what is wrong, in the states Degraded and
	// Failed.
	Problem string
}
