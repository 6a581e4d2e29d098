package tdf

// Copy writes the fields of g again, each value in the encoder's own form: of
// several spellings of a number the shortest, and strings with their NUL. For
// a body that is already in this form the result is the body itself.
func (e *Encoder) Copy(g Group) {
	for f := range g.Fields() {
		e.copyField(f)
	}
}

func (e *Encoder) copyField(f Field) {
	e.tag(f.Tag, f.typ)
	e.copyValue(f.Value)
}

func (e *Encoder) copyValue(v Value) {
	switch v.typ {
	case TypeVarint, TypeTime:
		if mag, neg := v.number(); neg {
			e.ElemInt(v.Int())
		} else {
			e.ElemUint(mag)
		}
	case TypeString:
		b := v.StrBytes()
		e.ElemUint(uint64(len(b)) + 1)
		e.buf = append(e.buf, b...)
		e.buf = append(e.buf, 0)
	case TypeBlob:
		e.blob(v.Blob())
	case TypeGroup:
		if v.isUnionElement() {
			e.copyUnionElement(v)
			return
		}
		e.ElemGroup(func() { e.Copy(v.Group()) })
	case TypeList:
		l := v.List()
		e.buf = append(e.buf, byte(l.elem))
		e.ElemUint(uint64(l.n))
		for x := range l.All() {
			e.copyValue(x)
		}
	case TypeMap:
		m := v.Map()
		e.buf = append(e.buf, byte(m.key), byte(m.val))
		e.ElemUint(uint64(m.n))
		for k, x := range m.All() {
			e.copyValue(k)
			e.copyValue(x)
		}
	case TypeUnion:
		e.buf = append(e.buf, v.data[0])
		if v.data[0] != UnionUnset {
			e.copyRest(v.data[1:])
		}
	case TypeVariable:
		id, content, ok := v.Variable()
		if !ok {
			e.buf = append(e.buf, 0)
			return
		}
		e.buf = append(e.buf, 1)
		e.ElemUint(id)
		e.copyField(content)
	case TypeObjectType:
		e.elemObjectType(v.ObjectType())
	case TypeObjectID:
		e.ElemObjectID(v.ObjectID())
	default:
		e.buf = append(e.buf, v.data...)
	}
}

func (e *Encoder) copyUnionElement(v Value) {
	index, member, ok := v.Union()
	e.buf = append(e.buf, index)
	if ok {
		e.ElemGroup(func() { e.Copy(member) })
	}
}

func (e *Encoder) copyRest(field []byte) {
	s := scanner{buf: field}
	if f, ok := s.next(); ok {
		e.copyField(f)
	}
}
