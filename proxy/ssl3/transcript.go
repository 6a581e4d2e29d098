package ssl3

// transcript holds the handshake messages of both sides in their order. It joins what comes in records to messages
// (several to a record, or one over several records), and what it has handed out is the input of Finished.
type transcript struct {
	buf  []byte
	done int // bytes of buf that belong to complete messages already handed out or sent
}

// add takes the payload of a handshake record.
func (t *transcript) add(fragment []byte) { t.buf = append(t.buf, fragment...) }

// pending reports whether bytes have come in that belong to a message not yet handed out.
func (t *transcript) pending() bool { return t.done < len(t.buf) }

// next hands out the body of the next message if it is complete. It must be of type want, and is refused as soon as its
// header shows that it is not, or that it is too long. The body stays valid and must not be changed.
func (t *transcript) next(want messageType) (body []byte, ok bool, err error) {
	rest := t.buf[t.done:]
	if len(rest) == 0 {
		return nil, false, nil
	}
	if got := messageType(rest[0]); got != want {
		return nil, false, refuse(AlertUnexpectedMessage, "the other side sent %v instead of %v", got, want)
	}
	if len(rest) < messageHeaderLen {
		return nil, false, nil
	}
	length := int(rest[1])<<16 | int(rest[2])<<8 | int(rest[3])
	if length > maxMessageLen {
		return nil, false, refuse(AlertIllegalParameter, "%v of %d bytes is longer than %d", want, length, maxMessageLen)
	}
	end := messageHeaderLen + length
	if len(rest) < end {
		return nil, false, nil
	}
	t.done += end
	return rest[messageHeaderLen:end:end], true, nil
}

// append adds a message of our own and returns it with its header. Nothing may be pending.
func (t *transcript) append(typ messageType, body []byte) []byte {
	start := len(t.buf)
	t.buf = append(t.buf, byte(typ))
	t.buf = appendUint24(t.buf, len(body))
	t.buf = append(t.buf, body...)
	t.done = len(t.buf)
	return t.buf[start:t.done]
}

// bytes returns all messages handed out or sent so far, with their headers.
func (t *transcript) bytes() []byte { return t.buf[:t.done] }
