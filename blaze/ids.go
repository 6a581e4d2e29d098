package blaze

import "fmt"

// Component is the id of a Blaze component (spec: blaze 3.1).
type Component uint16

// The components that ME3 uses.
const (
	Authentication   Component = 0x1
	GameManager      Component = 0x4
	Redirector       Component = 0x5
	Stats            Component = 0x7
	Util             Component = 0x9
	Messaging        Component = 0xf
	AssociationLists Component = 0x19
	GameReporting    Component = 0x1c
	UserSessions     Component = 0x7802
)

// String returns the component's name, or its number if it has none.
func (c Component) String() string {
	switch c {
	case Authentication:
		return "Authentication"
	case GameManager:
		return "GameManager"
	case Redirector:
		return "Redirector"
	case Stats:
		return "Stats"
	case Util:
		return "Util"
	case Messaging:
		return "Messaging"
	case AssociationLists:
		return "AssociationLists"
	case GameReporting:
		return "GameReporting"
	case UserSessions:
		return "UserSessions"
	}
	return fmt.Sprintf("0x%x", uint16(c))
}

func lookup(names map[Component]map[uint16]string, c Component, id uint16) string {
	if name, ok := names[c][id]; ok {
		return c.String() + "." + name
	}
	return fmt.Sprintf("%s.0x%x", c, id)
}

// ErrorCode is the error of a reply; its meaning depends on the component
// unless bit 0x4000 is set (spec: blaze 1.4, 6).
type ErrorCode uint16

// The server-wide codes that are sent (spec: blaze 6.1).
const (
	CodeSystem         ErrorCode = 0x4001
	CodeAuthRequired   ErrorCode = 0x4004
	CodeStringTooLong  ErrorCode = 0x400c
	CodeDatabase       ErrorCode = 0x4065
	CodeDatabaseNoConn ErrorCode = 0x4068
	CodeDatabaseInit   ErrorCode = 0x406d
)

// LogValue returns the 32-bit number under which the game logs an error of a
// component (spec: blaze 1.4).
func (code ErrorCode) LogValue(c Component) uint32 {
	if code&0x4000 != 0 {
		return uint32(code) << 16
	}
	return uint32(code)<<16 | uint32(c)
}
