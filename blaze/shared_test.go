package blaze_test

import "github.com/charonrelay/charon/blaze/tdf"

// The types below are those of spec: blaze 4.1, each with the code that a
// server or a client would write for it.

type endpoint struct{ IP, Port uint64 }

func (a endpoint) encode(e *tdf.Encoder) {
	e.Uint("IP", a.IP)
	e.Uint("PORT", a.Port)
}

func decodeEndpoint(g tdf.Group) endpoint { return endpoint{g.Uint("IP"), g.Uint("PORT")} }

type pair struct{ External, Internal endpoint }

func (p pair) encode(e *tdf.Encoder) {
	e.Group("EXIP", func() { p.External.encode(e) })
	e.Group("INIP", func() { p.Internal.encode(e) })
}

func decodePair(g tdf.Group) pair {
	return pair{decodeEndpoint(g.Group("EXIP")), decodeEndpoint(g.Group("INIP"))}
}

// address is a union NetworkAddress: a pair, a single endpoint, or neither.
type address struct {
	Pair   *pair
	Single *endpoint
}

func (a address) encode(e *tdf.Encoder, label string) {
	switch {
	case a.Pair != nil:
		e.Union(label, 2, func() { a.Pair.encode(e) })
	case a.Single != nil:
		e.Union(label, 3, func() { a.Single.encode(e) })
	default:
		e.UnionUnset(label)
	}
}

func (a address) encodeElement(e *tdf.Encoder) {
	if a.Pair != nil {
		e.ElemUnion(2, func() { a.Pair.encode(e) })
	} else {
		e.ElemUnion(3, func() { a.Single.encode(e) })
	}
}

func decodeAddress(v tdf.Value) address {
	switch index, member, _ := v.Union(); index {
	case 2:
		p := decodePair(member)
		return address{Pair: &p}
	case 3:
		s := decodeEndpoint(member)
		return address{Single: &s}
	}
	return address{}
}

type qos struct{ Down, NAT, Up uint64 }

func (q qos) encode(e *tdf.Encoder, label string) {
	e.Group(label, func() {
		e.Uint("DBPS", q.Down)
		e.Uint("NATT", q.NAT)
		e.Uint("UBPS", q.Up)
	})
}

func decodeQoS(g tdf.Group) qos { return qos{g.Uint("DBPS"), g.Uint("NATT"), g.Uint("UBPS")} }

var unknownQoS = qos{NAT: 4}

type userID struct {
	AccountID int64
	Locale    uint64
	ID        int64
	Name      string
}

func (u userID) encode(e *tdf.Encoder) {
	e.Int("AID", u.AccountID)
	e.Uint("ALOC", u.Locale)
	e.Blob("EXBB", nil)
	e.Uint("EXID", 0)
	e.Int("ID", u.ID)
	e.Str("NAME", u.Name)
}

func decodeUserID(g tdf.Group) userID {
	return userID{g.Int("AID"), g.Uint("ALOC"), g.Int("ID"), g.Str("NAME")}
}

type extendedData struct {
	Address       address
	BestSite      string
	Country       string
	Attributes    map[uint64]int64 // one entry
	HardwareFlags uint64
	Latencies     []uint64
	QoS           qos
	UserAttribute uint64
	Objects       []tdf.ObjectID
}

func (d extendedData) encode(e *tdf.Encoder) {
	d.Address.encode(e, "ADDR")
	e.Str("BPS", d.BestSite)
	e.Str("CTY", d.Country)
	e.VariableAbsent("CVAR")
	for k, v := range d.Attributes {
		e.Map("DMAP", tdf.TypeVarint, tdf.TypeVarint, 1, func(int) {
			e.ElemUint(k)
			e.ElemInt(v)
		})
	}
	e.Uint("HWFG", d.HardwareFlags)
	e.UintList("PSLM", d.Latencies...)
	d.QoS.encode(e, "QDAT")
	e.Uint("UATT", d.UserAttribute)
	if len(d.Objects) > 0 {
		e.List("ULST", tdf.TypeObjectID, len(d.Objects), func(i int) { e.ElemObjectID(d.Objects[i]) })
	}
}

func decodeExtendedData(g tdf.Group) extendedData {
	address, _ := g.Get("ADDR")
	d := extendedData{
		Address:       decodeAddress(address),
		BestSite:      g.Str("BPS"),
		Country:       g.Str("CTY"),
		Attributes:    map[uint64]int64{},
		HardwareFlags: g.Uint("HWFG"),
		Latencies:     uints(g.List("PSLM")),
		QoS:           decodeQoS(g.Group("QDAT")),
		UserAttribute: g.Uint("UATT"),
	}
	for k, v := range g.Map("DMAP").All() {
		d.Attributes[k.Uint()] = v.Int()
	}
	for v := range g.List("ULST").All() {
		d.Objects = append(d.Objects, v.ObjectID())
	}
	return d
}

type persona struct {
	Name                 string
	LastLogin            uint64
	ID                   int64
	Status, Ref, RefType uint64
}

func (p persona) encode(e *tdf.Encoder) {
	e.Str("DSNM", p.Name)
	e.Uint("LAST", p.LastLogin)
	e.Int("PID", p.ID)
	e.Uint("STAS", p.Status)
	e.Uint("XREF", p.Ref)
	e.Uint("XTYP", p.RefType)
}

func decodePersona(g tdf.Group) persona {
	return persona{g.Str("DSNM"), g.Uint("LAST"), g.Int("PID"), g.Uint("STAS"), g.Uint("XREF"), g.Uint("XTYP")}
}

type session struct {
	UserID     int64
	FirstLogin bool
	Key        string
	LastLogin  int64
	Mail       string
	Persona    persona
	AccountID  int64
}

func (s session) encode(e *tdf.Encoder) {
	e.Int("BUID", s.UserID)
	e.Bool("FRST", s.FirstLogin)
	e.Str("KEY", s.Key)
	e.Int("LLOG", s.LastLogin)
	e.Str("MAIL", s.Mail)
	e.Group("PDTL", func() { s.Persona.encode(e) })
	e.Int("UID", s.AccountID)
}

func decodeSession(g tdf.Group) session {
	return session{
		g.Int("BUID"), g.Bool("FRST"), g.Str("KEY"), g.Int("LLOG"), g.Str("MAIL"), decodePersona(g.Group("PDTL")), g.Int("UID"),
	}
}

func uints(l tdf.List) []uint64 {
	var all []uint64
	for v := range l.All() {
		all = append(all, v.Uint())
	}
	return all
}

func strs(l tdf.List) []string {
	var all []string
	for v := range l.All() {
		all = append(all, v.Str())
	}
	return all
}

func pairs(m tdf.Map) []tdf.Pair {
	var all []tdf.Pair
	for k, v := range m.Strings() {
		all = append(all, tdf.Pair{Key: k, Value: v})
	}
	return all
}

func groups(l tdf.List) []tdf.Group {
	var all []tdf.Group
	for v := range l.All() {
		all = append(all, v.Group())
	}
	return all
}

var (
	testPersona = persona{Name: "Test", ID: 1}
	testSession = session{UserID: 1, Key: "1", Mail: "a@b.c", Persona: testPersona, AccountID: 1}
	homePair    = pair{endpoint{0xcb007105, 3659}, endpoint{0xc0a8000a, 3659}}
	joinerPair  = pair{endpoint{0xc6336407, 3659}, endpoint{0x0a000002, 3659}}
	tunnelEnd   = endpoint{0x7f000001, 42132}
	proxyEnd    = endpoint{0x7f000001, 42128}
)
