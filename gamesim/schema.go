package gamesim

import (
	"fmt"

	"github.com/charonrelay/charon/blaze"
	"github.com/charonrelay/charon/blaze/tdf"
)

// SchemaError says which field of a packet does not have the form of the
// specification.
type SchemaError struct {
	// Path leads to the field: labels separated by dots, positions in brackets.
	Path string
	// Reason says what is wrong with it.
	Reason string
}

// Error implements error.
func (e *SchemaError) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

func wrong(format string, args ...any) *SchemaError {
	return &SchemaError{Reason: fmt.Sprintf(format, args...)}
}

// in puts an outer step in front of the path.
func (e *SchemaError) in(step string) *SchemaError {
	switch {
	case e.Path == "":
		e.Path = step
	case e.Path[0] == '[':
		e.Path = step + e.Path
	default:
		e.Path = step + "." + e.Path
	}
	return e
}

// shape is what the specification says about one value.
type shape interface {
	// wire is the type byte of the value.
	wire() tdf.Type
	// check returns what is wrong with a value of that type.
	check(v tdf.Value, lenient bool) *SchemaError
}

// field is one row of a field table of the specification.
type field struct {
	label string
	shape shape
}

// fields is a field table: rows in wire order.
type fields []field

// presence says when a field may be missing.
type presence uint8

const (
	always        presence = iota
	unlessEmpty            // a list or map that is left out when empty (spec: blaze 2.10 rule 3)
	sometimes              // may be left out; a list or map may also be sent empty
	never                  // a list or map that is always empty, hence never there
	onlyLenient            // an extra of Pocket Relay servers
	unlessLenient          // left out by Pocket Relay servers
)

// marked is a shape whose field need not always be there.
type marked struct {
	shape
	presence presence
}

func omitEmpty(s shape) shape { return marked{s, unlessEmpty} }
func optional(s shape) shape  { return marked{s, sometimes} }
func deviation(s shape) shape { return marked{s, onlyLenient} }
func corrected(s shape) shape { return marked{s, unlessLenient} }

func presenceOf(s shape) presence {
	if m, ok := s.(marked); ok {
		return m.presence
	}
	return always
}

// checkFields compares the fields of g with the table. Both are walked once,
// forwards: the game's decoder never goes back either.
func checkFields(g tdf.Group, table fields, lenient bool) *SchemaError {
	row := 0
	for f := range g.Fields() {
		label := f.Tag.String()
		at := row
		for at < len(table) && (table[at].label != label || presenceOf(table[at].shape) == onlyLenient && !lenient) {
			at++
		}
		if at == len(table) {
			return misplaced(label, table[:row])
		}
		if err := missing(table[row:at], lenient); err != nil {
			return err
		}
		if err := checkField(f.Value, table[at].shape, lenient); err != nil {
			return err.in(label)
		}
		row = at + 1
	}
	return missing(table[row:], lenient)
}

func misplaced(label string, seen fields) *SchemaError {
	for _, f := range seen {
		if f.label == label {
			return wrong("comes too late or twice, the game never sees it").in(label)
		}
	}
	return wrong("unknown field").in(label)
}

// missing returns an error for the first row that must not be left out.
func missing(rows fields, lenient bool) *SchemaError {
	for _, f := range rows {
		switch presenceOf(f.shape) {
		case always:
			return wrong("missing").in(f.label)
		case unlessLenient:
			if !lenient {
				return wrong("missing").in(f.label)
			}
		}
	}
	return nil
}

func checkField(v tdf.Value, s shape, lenient bool) *SchemaError {
	empty := v.Type() == tdf.TypeList && v.List().Len() == 0 || v.Type() == tdf.TypeMap && v.Map().Len() == 0
	switch presenceOf(s) {
	case never:
		if empty && lenient {
			return nil
		}
		return wrong("is there, but always empty and therefore left out")
	case unlessEmpty:
		if empty && !lenient {
			return wrong("is empty and should be left out")
		}
	}
	return checkValue(v, s, lenient)
}

func checkValue(v tdf.Value, s shape, lenient bool) *SchemaError {
	if v.Type() != s.wire() {
		return wrong("is a %v, not a %v", v.Type(), s.wire())
	}
	return s.check(v, lenient)
}

// message names a kind of packet from the server.
type message struct {
	component blaze.Component
	id        uint16
}

// checkPacket checks the body of a packet from the server against its table. A
// response to a command without a table is an empty one (spec: blaze 3.1); a
// notification without a table is never sent to the game.
func checkPacket(p blaze.Packet, lenient bool) error {
	g, err := p.Fields()
	if err != nil {
		return err
	}
	if !lenient {
		if err := tdf.CheckOrder(g); err != nil {
			return err
		}
	}
	m := message{p.Component, p.Command}
	switch p.Type {
	case blaze.Response:
		return schemaError(checkFields(g, responses[m], lenient), g, bareResponses[m])
	case blaze.ErrorReply:
		return schemaError(checkFields(g, errorBodies[m], lenient), g, true)
	case blaze.Notification:
		table, ok := notifications[m]
		if !ok {
			return wrong("%s is not sent to this game", blaze.NotificationName(p.Component, p.Command))
		}
		return schemaError(checkFields(g, table, lenient), g, false)
	}
	return wrong("a server does not send requests")
}

// schemaError makes a plain error of err; mayBeEmpty accepts an empty body
// instead of the table.
func schemaError(err *SchemaError, g tdf.Group, mayBeEmpty bool) error {
	if err == nil || mayBeEmpty && g.Empty() {
		return nil
	}
	return err
}
