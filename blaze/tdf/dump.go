package tdf

import (
	"fmt"
	"strconv"
	"strings"
)

// Bounds of a dump: longer strings, blobs, lists and maps are cut with a remark
// how much is missing, and the whole ends soon after dumpTotal bytes.
const (
	dumpText     = 96
	dumpBlob     = 48
	dumpElements = 24
	dumpTotal    = 64 << 10
)

// secret reports whether a dump never shows the value of a label: passwords,
// tokens and tickets of every kind, and e-mail addresses (spec: blaze 4.3, D).
func secret(label string) bool {
	switch label {
	case "PASS", "CPWD", "AUTH", "HOFF", "PCTK", "SKEY", "TICK", "TOKN", "MAIL", "PRNT":
		return true
	}
	return false
}

// Format implements [fmt.Formatter]: %v and %s print the fields on one line,
// %+v one field a line, indented. Passwords, tokens and e-mail addresses are
// left out, unless they are empty. Long values are cut, and the whole at about
// 64 KiB.
func (g Group) Format(f fmt.State, _ rune) {
	d := dumper{multi: f.Flag('+')}
	d.group(g)
	_, _ = f.Write([]byte(d.out.String()))
}

type dumper struct {
	out    strings.Builder
	multi  bool
	indent int
	// session is set inside a group that holds a session key, where KEY is a
	// secret and not the name of a setting.
	session bool
}

func (d *dumper) open(c byte) {
	d.out.WriteByte(c)
	d.indent++
}

func (d *dumper) close(c byte, empty bool) {
	d.indent--
	if !empty {
		d.line()
	}
	d.out.WriteByte(c)
}

func (d *dumper) line() {
	if d.multi {
		d.out.WriteByte('\n')
		for range d.indent {
			d.out.WriteString("  ")
		}
	}
}

// item begins item i of a group, list or map. It returns false, after a remark,
// if the dump is full.
func (d *dumper) item(i int) bool {
	if i > 0 {
		d.out.WriteByte(',')
		if !d.multi {
			d.out.WriteByte(' ')
		}
	}
	d.line()
	if d.out.Len() > dumpTotal {
		d.out.WriteString("and more")
		return false
	}
	return true
}

// element is item for a list or map of n elements, of which it lets only the
// first ones through.
func (d *dumper) element(i, n int) bool {
	if !d.item(i) {
		return false
	}
	if i == dumpElements {
		fmt.Fprintf(&d.out, "and %d more", n-i)
		return false
	}
	return true
}

func (d *dumper) group(g Group) {
	outer := d.session
	d.session = g.Has("BUID") && g.Has("FRST")
	d.open('{')
	i := 0
	for f := range g.Fields() {
		if !d.item(i) {
			break
		}
		i++
		d.field(f)
	}
	d.close('}', g.Empty())
	d.session = outer
}

func (d *dumper) field(f Field) {
	name := f.Tag.String()
	d.out.WriteString(name)
	d.out.WriteString(": ")
	if (secret(name) || d.session && name == "KEY") && !f.emptyText() {
		d.out.WriteString("[redacted]")
		return
	}
	d.value(f.Value)
}

// emptyText reports whether v is a string or a blob of no bytes.
func (v Value) emptyText() bool {
	return v.typ == TypeString && len(v.StrBytes()) == 0 || v.typ == TypeBlob && len(v.Blob()) == 0
}

func (d *dumper) value(v Value) {
	if index, member, ok := v.Union(); ok {
		d.out.WriteString(strconv.Itoa(int(index)))
		d.group(member)
		return
	}
	switch v.typ {
	case TypeVarint, TypeTime:
		if _, neg := v.number(); neg {
			d.out.WriteString(strconv.FormatInt(v.Int(), 10))
		} else {
			d.out.WriteString(strconv.FormatUint(v.Uint(), 10))
		}
	case TypeString:
		d.bytes("%q", v.StrBytes(), dumpText)
	case TypeBlob:
		d.bytes("<%x>", v.Blob(), dumpBlob)
	case TypeGroup:
		if v.isUnionElement() {
			d.out.WriteString("unset")
			return
		}
		d.group(v.Group())
	case TypeList:
		d.list(v.List())
	case TypeMap:
		d.mapping(v.Map())
	case TypeUnion:
		d.out.WriteString("unset")
	case TypeVariable:
		if id, content, ok := v.Variable(); ok {
			fmt.Fprintf(&d.out, "(%d) ", id)
			d.field(content)
		} else {
			d.out.WriteString("absent")
		}
	case TypeObjectType:
		t := v.ObjectType()
		fmt.Fprintf(&d.out, "(%d,%d)", t.Component, t.Type)
	case TypeObjectID:
		id := v.ObjectID()
		fmt.Fprintf(&d.out, "(%d,%d,%d)", id.Component, id.Type, id.ID)
	case TypeFloat:
		d.out.WriteString(strconv.FormatFloat(float64(v.Float()), 'g', -1, 32))
	}
}

// bytes writes at most limit bytes of b in the given format.
func (d *dumper) bytes(format string, b []byte, limit int) {
	fmt.Fprintf(&d.out, format, b[:min(len(b), limit)])
	if len(b) > limit {
		fmt.Fprintf(&d.out, " and %d bytes more", len(b)-limit)
	}
}

func (d *dumper) list(l List) {
	d.open('[')
	i := 0
	for v := range l.All() {
		if !d.element(i, l.n) {
			break
		}
		i++
		d.value(v)
	}
	d.close(']', l.n == 0)
}

func (d *dumper) mapping(m Map) {
	d.open('{')
	i := 0
	for k, v := range m.All() {
		if !d.element(i, m.n) {
			break
		}
		i++
		d.value(k)
		d.out.WriteString(": ")
		d.value(v)
	}
	d.close('}', m.n == 0)
}
