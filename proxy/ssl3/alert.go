package ssl3

import "fmt"

// Alert is the description byte of an alert record (spec: client 2.7).
type Alert uint8

// The alerts of SSL 3.0.
const (
	AlertCloseNotify            Alert = 0
	AlertUnexpectedMessage      Alert = 10
	AlertBadRecordMAC           Alert = 20
	AlertDecompressionFailure   Alert = 30
	AlertHandshakeFailure       Alert = 40
	AlertNoCertificate          Alert = 41
	AlertBadCertificate         Alert = 42
	AlertUnsupportedCertificate Alert = 43
	AlertCertificateRevoked     Alert = 44
	AlertCertificateExpired     Alert = 45
	AlertCertificateUnknown     Alert = 46
	AlertIllegalParameter       Alert = 47
)

// The level byte of an alert record.
const (
	levelWarning = 1
	levelFatal   = 2
)

// String returns the name and the number, as in "handshake_failure (40)".
func (a Alert) String() string {
	name, _ := a.describe()
	return fmt.Sprintf("%s (%d)", name, uint8(a))
}

// describe returns the protocol's name and what it means when the other side sends it.
func (a Alert) describe() (name, meaning string) {
	switch a {
	case AlertCloseNotify:
		return "close_notify", "it closed the connection"
	case AlertUnexpectedMessage:
		return "unexpected_message", "it got a message that it did not expect"
	case AlertBadRecordMAC:
		return "bad_record_mac", "the data it got was damaged, or the two sides have different keys"
	case AlertDecompressionFailure:
		return "decompression_failure", "it could not unpack the data"
	case AlertHandshakeFailure:
		return "handshake_failure", "the two sides have no protocol version or cipher suite in common"
	case AlertNoCertificate:
		return "no_certificate", "it has no certificate to show"
	case AlertBadCertificate:
		return "bad_certificate", "it refused the certificate as damaged or wrong"
	case AlertUnsupportedCertificate:
		return "unsupported_certificate", "it cannot use this kind of certificate"
	case AlertCertificateRevoked:
		return "certificate_revoked", "it says that the certificate was withdrawn"
	case AlertCertificateExpired:
		return "certificate_expired", "it says that the certificate is too old"
	case AlertCertificateUnknown:
		return "certificate_unknown", "it refused the certificate"
	case AlertIllegalParameter:
		return "illegal_parameter", "it could not make sense of what it got"
	default:
		return "unknown alert", "it did not say why in a known way"
	}
}

// AlertError is a connection that ended by an alert, ours or the other side's.
type AlertError struct {
	Alert Alert
	Sent  bool  // true: this side ended the connection; false: the other side did
	Cause error // why this side did; nil if the alert was received
}

// Error says who ended the connection and why.
func (e *AlertError) Error() string {
	if e.Sent {
		return fmt.Sprintf("%v; answered with alert %v", e.Cause, e.Alert)
	}
	_, meaning := e.Alert.describe()
	return fmt.Sprintf("the other side sent alert %v: %s", e.Alert, meaning)
}

// Unwrap returns Cause.
func (e *AlertError) Unwrap() error { return e.Cause }

// refuse makes the error for something that has to be answered with a fatal alert.
func refuse(a Alert, format string, args ...any) error {
	return &AlertError{Alert: a, Sent: true, Cause: fmt.Errorf(format, args...)}
}

// receivedAlert turns the payload of an alert record into an error. Any alert ends the connection, a warning too, and
// one that cannot be read counts as illegal_parameter (spec: client 2.7).
func receivedAlert(payload []byte) error {
	if len(payload) != 2 || (payload[0] != levelWarning && payload[0] != levelFatal) {
		return &AlertError{Alert: AlertIllegalParameter}
	}
	return &AlertError{Alert: Alert(payload[1])}
}
