package gamesim

import (
	"errors"
	"fmt"
	"strings"

	"github.com/charonrelay/charon/blaze"
)

// Causes of a [Failure] that callers may want to tell apart.
var (
	// ErrTimeout says that an expected packet did not come in time.
	ErrTimeout = errors.New("it did not come in time")
	// ErrClosed says that the connection ended.
	ErrClosed = errors.New("the connection ended")
	// ErrUnexpected says that another packet came than the expected one.
	ErrUnexpected = errors.New("this is not the packet that should come now")
	// ErrFlood says that more packets came than any scenario causes.
	ErrFlood = errors.New("packets pile up that nothing has asked for")
)

// Failure says at which step a simulated game did not get what the game needs.
type Failure struct {
	// Client is the client's name and Step what it was doing.
	Client, Step string
	// Expected describes what should have come.
	Expected string
	// Packet is what came instead, nil if nothing did.
	Packet *blaze.Packet
	// Err is the cause: one of the sentinels, a [*SchemaError], a
	// [*RefusedError], a [*ValueError], or an error of the network.
	Err error
}

// Error returns one line that says who, where and why, and after it the dump
// of the packet over several lines. Secrets are left out of the dump.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: ", f.Client, f.Step)
	if f.Expected != "" {
		fmt.Fprintf(&b, "expected %s: ", f.Expected)
	}
	fmt.Fprintf(&b, "%v", f.Err)
	if f.Packet != nil {
		fmt.Fprintf(&b, "; got\n%+v", *f.Packet)
	}
	return b.String()
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// RefusedError reports an error reply where the game needs an answer.
type RefusedError struct {
	Component blaze.Component
	Command   uint16
	Code      blaze.ErrorCode
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the server refused %s: %s", blaze.CommandName(e.Component, e.Command), blaze.ErrorName(e.Component, e.Code))
}

// ValueError reports a field whose value is not the one this moment of the
// session asks for.
type ValueError struct {
	// Path leads to the field: labels separated by dots, list positions in
	// brackets.
	Path string
	// Reason says what it is and what it should be.
	Reason string
}

// Error implements error.
func (e *ValueError) Error() string { return e.Path + " " + e.Reason }
