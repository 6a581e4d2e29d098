package content

import (
	"net/netip"

	"github.com/charonrelay/charon/blaze/tdf"
)

// Content answers what does not depend on the player. It is immutable.
type Content struct {
	version string
	fixed   map[string][]tdf.Pair
}

// New returns the content of a server of the given version.
func New(version string) *Content {
	return &Content{version: version, fixed: map[string][]tdf.Pair{
		"ME3_MSG": news(version),
		"ME3_ENT": catalogue(),
	}}
}

// ClientConfig returns the configuration with the given name, in the order in
// which it is sent; an unknown name has none, which is no error (spec: blaze
// 4.4.5, 7). local is the address of the player's own services.
func (c *Content) ClientConfig(name string, local netip.Addr) []tdf.Pair {
	if name == "ME3_DATA" {
		return data(local)
	}
	return c.fixed[name]
}

// Document is a legal text that the game shows.
type Document struct {
	// Path names the version that the player accepts.
	Path string
	// Text is HTML.
	Text string
}

// Terms returns the terms of service (spec: blaze 4.3.10).
func (c *Content) Terms() Document {
	return Document{"webterms/au/en/pc/default/09082020/02042022",
		"<html><body><h1>Terms</h1><p>This is a community server. Its operator has not written any terms: be kind.</p></body></html>"}
}

// Privacy returns the privacy policy (spec: blaze 4.3.10).
func (c *Content) Privacy() Document {
	return Document{"webprivacy/au/en/pc/default/08202020/02042022",
		"<html><body><h1>Privacy</h1><p>This server keeps your e-mail address, your display name, a hash of your password and your progress in the game.</p></body></html>"}
}

// Version returns the version of the server that players see.
func (c *Content) Version() string { return c.version }
