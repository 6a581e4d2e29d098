package lookup

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/charonrelay/charon/wire/upgrade"
)

const (
	// serverPath is where a server says who it is, relative to its base.
	serverPath = "api/server"
	// serverIdent is what every Pocket Relay server calls itself.
	serverIdent = "POCKET_RELAY_SERVER"

	maxBody        = 64 << 10
	maxHead        = 32 << 10
	maxRedirects   = 5
	maxAssociation = 1 << 10
)

// fetch asks the server at base who it is (spec: client 5.2). Unless allowPlain
// is set, a redirect from https to http is an error.
func (c *Client) fetch(ctx context.Context, base *url.URL, allowPlain bool) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.String()+serverPath, nil)
	if err != nil {
		return nil, &Error{Kind: KindAddress, Err: err}
	}
	req.Header.Set("User-Agent", c.config.UserAgent)
	req.Header.Set("Accept", "application/json")
	client := http.Client{
		Transport: c.transport(ctx, base.Hostname()),
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			return checkRedirect(req, via, allowPlain)
		},
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, requestError(err, base.Host)
	}
	defer func() { _ = resp.Body.Close() }()
	final := resp.Request.URL
	if resp.StatusCode/100 != 2 {
		return nil, &Error{Kind: KindStatus, Host: final.Host, Status: resp.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, requestError(err, final.Host)
	}
	server, err := parseAnswer(body, final.Host)
	if err != nil {
		return nil, err
	}
	server.Base, err = finalBase(final)
	return server, err
}

// transport returns the transport for one look-up of host. It connects under
// ctx, because the contexts that a transport passes on outlive the request.
func (c *Client) transport(ctx context.Context, host string) http.RoundTripper {
	if c.config.Transport != nil {
		return c.config.Transport
	}
	return &http.Transport{
		DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
		DialTLSContext: func(_ context.Context, network, address string) (net.Conn, error) {
			config := c.config.TLS.Clone()
			if config == nil {
				config = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			config.NextProtos = []string{"http/1.1"}
			if name, _, err := net.SplitHostPort(address); err != nil || name != host {
				config.Certificates, config.GetClientCertificate = nil, nil
			}
			return (&tls.Dialer{Config: config}).DialContext(ctx, network, address)
		},
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		DisableCompression:     true, // and with it Accept-Encoding
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxHead,
	}
}

func checkRedirect(req *http.Request, via []*http.Request, allowPlain bool) error {
	last := via[len(via)-1].URL
	refuse := func(why string) error {
		return &Error{Kind: KindRedirect, Host: last.Host, Err: errors.New(why)}
	}
	switch {
	case len(via) > maxRedirects:
		return refuse("it redirects again and again; its operator has to repair that")
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return refuse("it redirects to something that is not on the web")
	case req.URL.Scheme == "http" && last.Scheme == "https" && !allowPlain:
		return refuse("it redirects from a secure connection to an open one; put http:// in front of the address if you want that")
	default:
		return nil
	}
}

// requestError returns the error for a request that brought no answer.
func requestError(err error, host string) error {
	if redirect := (*Error)(nil); errors.As(err, &redirect) {
		return redirect
	}
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		if u, parseErr := url.Parse(failed.URL); parseErr == nil {
			host = u.Host // where redirects led
		}
		err = failed.Err // without the address, which may hold a password
	}
	return &Error{Kind: KindConnect, Host: host, Err: &upgrade.ConnectError{Address: host, Err: err}}
}

// parseAnswer checks an answer in the order of the spec (client 5.3) and returns
// what it says. Unknown fields are ignored.
func parseAnswer(body []byte, host string) (*Server, error) {
	misunderstood := func(err error) (*Server, error) {
		return nil, &Error{Kind: KindNotUnderstood, Host: host, Err: err}
	}
	if len(body) > maxBody {
		return misunderstood(fmt.Errorf("it is larger than %d bytes", maxBody))
	}
	var answer struct {
		Ident       string `json:"ident"`
		Version     string `json:"version"`
		Association string `json:"association"`
		TunnelPort  uint16 `json:"tunnel_port"`
		Charon      string `json:"charon"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return misunderstood(err)
	}
	version, err := ParseVersion(answer.Version)
	if err != nil {
		return misunderstood(err)
	}
	if answer.Ident != serverIdent {
		return nil, &Error{Kind: KindNotServer, Host: host}
	}
	if version.Compare(minVersion) < 0 {
		return nil, &Error{Kind: KindTooOld, Host: host, Version: version}
	}
	if !validAssociation(answer.Association) {
		return misunderstood(errors.New("the association token cannot be sent back"))
	}
	return &Server{
		Version:     version,
		Association: answer.Association,
		TunnelPort:  int(answer.TunnelPort),
		Charon:      answer.Charon != "",
	}, nil
}

// validAssociation reports whether token fits in a header; otherwise it is opaque.
func validAssociation(token string) bool {
	return len(token) <= maxAssociation &&
		!strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}

// finalBase returns the base that belongs to the address of the answer.
func finalBase(final *url.URL) (*url.URL, error) {
	path, ok := strings.CutSuffix(final.EscapedPath(), "/"+serverPath)
	if ok {
		address, err := Normalize(final.Scheme + "://" + final.Host + path)
		if err == nil {
			return address.Base, nil
		}
	}
	return nil, &Error{Kind: KindRedirect, Host: final.Host, Err: errors.New("it redirects to an address that does not end with " + serverPath)}
}
