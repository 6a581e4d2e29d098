package ssl3

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestDataPhaseRefusals injects records after the handshake.
func TestDataPhaseRefusals(t *testing.T) {
	sealed := func(typ contentType, fragment []byte) func(*cipherState) []byte {
		return func(c *cipherState) []byte { return appendRecord(nil, c, typ, fragment) }
	}
	for _, tc := range []struct {
		name   string
		inject func(*cipherState) []byte
		alert  Alert // that goes out; AlertCloseNotify means none
		check  func(error) bool
		text   string
	}{
		{"flipped bit", func(c *cipherState) []byte {
			r := sealed(typeApplicationData, []byte("data"))(c)
			r[headerLen] ^= 1
			return r
		}, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "damaged"},
		{"flipped bit of the MAC", func(c *cipherState) []byte {
			r := sealed(typeApplicationData, []byte("data"))(c)
			r[len(r)-1] ^= 0x80
			return r
		}, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "damaged"},
		{"other type than sealed", func(c *cipherState) []byte {
			r := sealed(typeApplicationData, []byte("data"))(c)
			r[0] = byte(typeAlert)
			return r
		}, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "damaged"},
		{"lost record", func(c *cipherState) []byte {
			c.seq++
			return sealed(typeApplicationData, []byte("data"))(c)
		}, AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "damaged"},
		{"no room for a MAC", func(*cipherState) []byte { return record(typeApplicationData, make([]byte, 19)) },
			AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "19 bytes is too short"},
		{"empty", func(*cipherState) []byte { return record(typeApplicationData, nil) },
			AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "0 bytes is too short"},
		{"long and wrong", func(*cipherState) []byte { return record(typeApplicationData, make([]byte, maxFragment)) },
			AlertBadRecordMAC, sentAlert(AlertBadRecordMAC), "damaged"},
		{"too long", func(*cipherState) []byte { return []byte{23, 3, 0, 0x48, 0x01} },
			AlertIllegalParameter, sentAlert(AlertIllegalParameter), "18433"},
		{"version", func(*cipherState) []byte { return []byte{23, 3, 1, 0, 100} },
			AlertHandshakeFailure, sentAlert(AlertHandshakeFailure), "version is 3.1"},
		{"handshake", sealed(typeHandshake, []byte{0, 0, 0, 0}), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "Handshake record among the data"},
		{"ChangeCipherSpec", sealed(typeChangeCipherSpec, []byte{1}), AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "ChangeCipherSpec record among the data"},
		{"unknown type", func(*cipherState) []byte { return []byte{19, 3, 0, 0, 100} }, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "type 19"},
		{"empty records", func(c *cipherState) []byte {
			var r []byte
			for range maxEmptyRecords + 2 {
				r = append(r, sealed(typeApplicationData, nil)(c)...)
			}
			return r
		}, AlertUnexpectedMessage, sentAlert(AlertUnexpectedMessage), "empty records"},
		{"fatal alert", sealed(typeAlert, []byte{levelFatal, byte(AlertBadRecordMAC)}), AlertCloseNotify, gotAlert(AlertBadRecordMAC), "different keys"},
		{"warning", sealed(typeAlert, []byte{levelWarning, byte(AlertNoCertificate)}), AlertCloseNotify, gotAlert(AlertNoCertificate), "no certificate"},
		{"unreadable alert", sealed(typeAlert, nil), AlertCloseNotify, gotAlert(AlertIllegalParameter), "illegal_parameter"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clientEnd, serverEnd := tcpPair(t)
			client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
			records := append(appendRecord(nil, client.out.cipher, typeApplicationData, []byte("before")), tc.inject(client.out.cipher)...)
			if _, err := clientEnd.Write(records); err != nil {
				t.Fatal(err)
			}
			if err := clientEnd.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(server)
			if string(got) != "before" {
				t.Errorf("read %q", got)
			}
			if err == nil || !tc.check(err) || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("wrong error: %v", err)
			}
			if _, again := server.Read(make([]byte, 1)); !errors.Is(again, err) {
				t.Errorf("second Read: %v", again)
			}
			if _, err := server.Write([]byte("x")); err == nil {
				t.Error("Write went well")
			}
			_, clientErr := io.ReadAll(client)
			if tc.alert == AlertCloseNotify && clientErr != nil {
				t.Errorf("client: %v", clientErr)
			}
			if tc.alert != AlertCloseNotify && !gotAlert(tc.alert)(clientErr) {
				t.Errorf("client: %v, want alert %v", clientErr, tc.alert)
			}
		})
	}
}

// TestEmptyRecords makes sure that a few are not data, and not the end of it either.
func TestEmptyRecords(t *testing.T) {
	clientEnd, serverEnd := tcpPair(t)
	client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
	for range 3 {
		var records []byte
		for range maxEmptyRecords {
			records = appendRecord(records, client.out.cipher, typeApplicationData, nil)
		}
		if _, err := clientEnd.Write(records); err != nil {
			t.Fatal(err)
		}
		exchange(t, client, server, 5)
	}
}

// TestLongestRecord reads a record of the greatest length on the wire.
func TestLongestRecord(t *testing.T) {
	clientEnd, serverEnd := tcpPair(t)
	client, server := connect(t, clientEnd, serverEnd, nil, serverConfig(t))
	sent := bytes.Repeat([]byte("abc"), (maxFragment-SuiteRC4SHA.macLen())/3)
	sent = append(sent, make([]byte, maxFragment-SuiteRC4SHA.macLen()-len(sent))...)
	r := appendRecord(nil, client.out.cipher, typeApplicationData, sent)
	if len(r) != headerLen+maxFragment {
		t.Fatalf("record has %d bytes", len(r))
	}
	if _, err := clientEnd.Write(r); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(server, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Error("came out differently")
	}
}
