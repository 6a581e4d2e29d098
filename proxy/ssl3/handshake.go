package ssl3

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
)

// handshake is one handshake in progress, of either role. It is dropped when the handshake is over.
type handshake struct {
	conn         *Conn
	messages     transcript
	flight       []byte       // records to be written together
	sending      *cipherState // of the records put into flight; nil while they go in clear
	clientRandom [randomLen]byte
	serverRandom [randomLen]byte
	master       []byte
	state        ConnectionState
}

// read returns the body of the next handshake message, which must be of type want.
func (h *handshake) read(want messageType) ([]byte, error) {
	for empty := 0; ; {
		body, ok, err := h.messages.next(want)
		if ok || err != nil {
			return body, err
		}
		fragment, err := h.readRecord(typeHandshake, want.String())
		if err != nil {
			return nil, err
		}
		if len(fragment) > 0 {
			empty = 0
		} else if empty++; empty > maxEmptyRecords {
			return nil, errEmptyRecords()
		}
		h.messages.add(fragment)
	}
}

// readRecord returns the payload of the next record, which must be of type want. what names the awaited thing.
func (h *handshake) readRecord(want contentType, what string) ([]byte, error) {
	typ, fragment, err := h.conn.in.records.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("the other side closed the connection instead of sending %s: %w", what, err)
	case err != nil:
		return nil, fmt.Errorf("waiting for %s: %w", what, err)
	case typ == typeAlert:
		return nil, fmt.Errorf("waiting for %s: %w", what, receivedAlert(fragment))
	case typ != want:
		return nil, refuse(AlertUnexpectedMessage, "the other side sent a %v record instead of %s", typ, what)
	}
	return fragment, nil
}

// turn makes sure that the other side has sent nothing beyond the message read last: it has to wait for us now, or to
// change its keys.
func (h *handshake) turn() error {
	if h.messages.pending() {
		return refuse(AlertUnexpectedMessage, "the other side sent a handshake message out of turn")
	}
	return nil
}

// readFinished reads ChangeCipherSpec and Finished of the other side. cipher opens its records from then on.
func (h *handshake) readFinished(sender string, cipher *cipherState) error {
	if err := h.turn(); err != nil {
		return err
	}
	payload, err := h.readRecord(typeChangeCipherSpec, typeChangeCipherSpec.String())
	if err != nil {
		return err
	}
	if len(payload) != 1 || payload[0] != 1 {
		return refuse(AlertIllegalParameter, "ChangeCipherSpec is % x instead of 01", payload)
	}
	h.conn.in.records.cipher = cipher

	want := finishedBody(h.messages.bytes(), sender, h.master)
	got, err := h.read(typeFinished)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(got, want) != 1 {
		return refuse(AlertIllegalParameter, "Finished does not match the handshake: the two sides saw different messages or have different keys")
	}
	return h.turn()
}

// add puts a handshake message into the flight, as a record of its own: the game never completes a message that is split
// over records (spec: client 2.8).
func (h *handshake) add(typ messageType, body []byte) error {
	if n := messageHeaderLen + len(body); n > maxPlaintext {
		return fmt.Errorf("our %v of %d bytes does not fit into one record of %d", typ, n, maxPlaintext)
	}
	h.flight = appendRecord(h.flight, h.sending, typeHandshake, h.messages.append(typ, body))
	return nil
}

// addFinished puts ChangeCipherSpec and Finished into the flight. cipher seals our records from then on.
func (h *handshake) addFinished(sender string, cipher *cipherState) error {
	h.flight = appendRecord(h.flight, nil, typeChangeCipherSpec, []byte{1})
	h.sending = cipher
	return h.add(typeFinished, finishedBody(h.messages.bytes(), sender, h.master))
}

// send writes the flight with one call.
func (h *handshake) send() error {
	err := h.conn.writeFlight(h.flight, h.sending)
	h.flight = nil
	if err != nil {
		return fmt.Errorf("sending our part of the handshake: %w", err)
	}
	return nil
}
