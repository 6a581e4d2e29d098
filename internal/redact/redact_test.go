package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/slogtest"
	"time"
)

// seed is in every secret of these tests and nowhere else.
const seed = "Hunter2Secret"

// sessionToken has the shape of the server's tokens, as seedless text: the shape alone must give it away.
var sessionToken = strings.Repeat("Ab0_", 4) + "." + strings.Repeat("x", 42) + "Z"

type credentials struct{ User, Password string }

type account struct{ name, password string }

func (a account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", a.name), slog.String("password", a.password))
}

type lazyToken struct{}

func (lazyToken) LogValue() slog.Value { return slog.StringValue(seed) }

type address struct{ text string }

func (a address) String() string { return a.text }

func outputs(t *testing.T, log func(*slog.Logger)) string {
	t.Helper()
	var out bytes.Buffer
	log(slog.New(New(slog.NewTextHandler(&out, nil))))
	log(slog.New(New(slog.NewJSONHandler(&out, nil))))
	if strings.Count(out.String(), "\n") != 2 {
		t.Fatalf("not two lines:\n%s", out.String())
	}
	return out.String()
}

func TestSecretsNeverAppear(t *testing.T) {
	link, err := url.Parse("https://me:" + seed + "@example.com/a?token=" + seed + "&page=2#access_token=" + seed)
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string]slog.Attr{
		"plain":                slog.String("password", seed),
		"any value":            slog.Any("token", seed),
		"number":               slog.Any("secret", errors.New(seed)),
		"upper case":           slog.String("PASSWORD", seed),
		"camel case":           slog.String("sessionToken", seed),
		"acronym":              slog.String("APIKey", seed),
		"header name":          slog.String("X-Association", seed),
		"snake case":           slog.String("client_secret", seed),
		"glued":                slog.String("accesstoken", seed),
		"plural":               slog.Any("tokens", []string{seed}),
		"cookie":               slog.String("Set-Cookie", seed),
		"private key":          slog.Any("privateKey", []byte(seed)),
		"login code":           slog.String("loginCode", seed),
		"group":                slog.Group("login", slog.String("user", "me"), slog.String("pass", seed)),
		"nested groups":        slog.Group("a", slog.Group("b", slog.Group("c", slog.String("auth", seed)))),
		"group named":          slog.Group("authorization", slog.String("scheme", "x"), slog.String("value", seed)),
		"inline group":         slog.Group("", slog.String("password", seed)),
		"log valuer":           slog.Any("account", account{"me", seed}),
		"log valuer, key":      slog.Any("token", lazyToken{}),
		"attributes":           slog.Any("attrs", []slog.Attr{slog.String("token", seed)}),
		"structure":            slog.Any("login", credentials{"me", seed}),
		"pointer":              slog.Any("login", &credentials{"me", seed}),
		"list of structures":   slog.Any("logins", []credentials{{"me", seed}}),
		"map of structures":    slog.Any("logins", map[int]credentials{1: {"me", seed}}),
		"string map":           slog.Any("env", map[string]string{"TOKEN": seed}),
		"any map":              slog.Any("body", map[string]any{"user": map[string]any{"password": seed}}),
		"header":               slog.Any("header", http.Header{"Authorization": {"Bearer " + seed}, "Cookie": {seed}}),
		"form":                 slog.Any("form", url.Values{"password": {seed}}),
		"bytes":                slog.Any("packet", []byte(seed)),
		"url":                  slog.Any("url", link),
		"url value":            slog.Any("url", *link),
		"url text":             slog.String("url", link.String()),
		"url in an error":      slog.Any("err", fmt.Errorf("get: %w", &url.Error{Op: "Get", URL: link.String(), Err: errors.New("refused")})),
		"url in a list":        slog.Any("urls", []string{"x", link.String()}),
		"url in a stringer":    slog.Any("from", address{link.String()}),
		"stringers":            slog.Any("all", []fmt.Stringer{address{link.String()}}),
		"named string":         slog.Any("url", template(link.String())),
		"connection string":    slog.String("dsn", "host=db user=me password="+seed+" sslmode=disable"),
		"connection url":       slog.String("dsn", "postgres://me:"+seed+"@db/charon?sslmode=disable"),
		"user info with at":    slog.String("url", "http://me:p@"+seed+"@example.com/"),
		"query alone":          slog.String("query", "a=1&password="+seed+"&b=2"),
		"scheme in text":       slog.String("line", "Authorization: Bearer "+seed),
		"basic in text":        slog.String("line", "sent Basic "+seed),
		"json in text":         slog.String("body", `{"user":"me","password" : "a\"`+seed+`"}`),
		"beyond the depth":     deep(slog.String("user", seed), 40),
		"email with a name":    slog.String("email", "Me <"+seed+"@example.com>"),
		"email of a structure": slog.Any("email", credentials{"me", seed}),
		"email in a query":     slog.String("url", "http://h/?email=x"+seed+"%40example.com"),
	}
	for name, attr := range shapes {
		t.Run(name, func(t *testing.T) {
			for way, log := range map[string]func(*slog.Logger){
				"record":         func(l *slog.Logger) { l.Info("hello", attr) },
				"with":           func(l *slog.Logger) { l.With(attr).Info("hello") },
				"group":          func(l *slog.Logger) { l.WithGroup("g").Info("hello", attr) },
				"group and with": func(l *slog.Logger) { l.WithGroup("g").With(attr).Info("hello") },
				"in a secret's":  func(l *slog.Logger) { l.WithGroup("Token").WithGroup("h").Info("hello", attr, "user", seed) },
			} {
				if out := outputs(t, log); strings.Contains(out, seed) {
					t.Errorf("%s: the secret is in\n%s", way, out)
				}
			}
		})
	}
}

type template string

func deep(attr slog.Attr, levels int) slog.Attr {
	for range levels {
		attr = slog.Group("g", attr)
	}
	return attr
}

func TestTokensAreRecognisedByShape(t *testing.T) {
	hash := "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"
	for _, secret := range []string{sessionToken, "AAAAAAAA" + sessionToken[2:], hash} {
		out := outputs(t, func(l *slog.Logger) {
			l.Info("hello", "line", "got "+secret+" from a player", "err", errors.New(secret))
		})
		if strings.Contains(out, secret) {
			t.Errorf("%q is in\n%s", secret, out)
		}
		if !strings.Contains(out, "got "+Placeholder+" from a player") {
			t.Errorf("the rest of the text is gone:\n%s", out)
		}
	}
}

func TestTheRestStays(t *testing.T) {
	var nobody *credentials
	for _, test := range []struct {
		attr slog.Attr
		want string // in the text form
	}{
		{slog.String("user", "me"), "user=me"},
		{slog.String("email", "shepard@normandy.sr2"), "email=s***@normandy.sr2"},
		{slog.String("E-Mail", "élan@example.com"), `E-Mail=é***@example.com`},
		{slog.Int("code", 404), "code=404"},
		{slog.Int("attempts", 3), "attempts=3"},
		{slog.Duration("took", time.Second), "took=1s"},
		{slog.Bool("ok", true), "ok=true"},
		{slog.Any("peer", netip.MustParseAddrPort("127.0.0.1:42127")), "peer=127.0.0.1:42127"},
		{slog.Any("ports", []uint16{1, 2}), `ports="[1 2]"`},
		{slog.Any("peers", []netip.Addr{netip.MustParseAddr("127.0.0.1")}), "peers=[127.0.0.1]"},
		{slog.Any("state", http.SameSiteLaxMode), "state=2"},
		{slog.Any("err", errors.New("listen tcp 127.0.0.1:42127: in use")), `err="listen tcp 127.0.0.1:42127: in use"`},
		{slog.Any("err", error(nil)), "err=<nil>"},
		{slog.Any("login", nobody), "login=<nil>"},
		{slog.Any("login", credentials{}), "login=[redact.credentials]"},
		{slog.Any("packet", []byte("1234")), `packet="[4 bytes]"`},
		{slog.String("url", "http://example.com:80/a?page=2"), `url="http://example.com:80/a?page=2"`},
		{slog.String("text", "monkey=1 basic authentication, keyboard=2"), `text="monkey=1 basic authentication, keyboard=2"`},
		{slog.String("version", "0.8.1"), "version=0.8.1"},
		{slog.String("component", "authentication"), "component=authentication"},
		{slog.Group("a", slog.Int("b", 1)), "a.b=1"},
		{slog.Any("header", http.Header{"Host": {"a"}, "Cookie": {"x"}}), "header.Cookie=[redacted] header.Host=a"},
		{slog.Any("url", &url.URL{Scheme: "http", User: url.UserPassword("a", "b"), Host: "h", Path: "/x"}), "url=http://[redacted]@h/x"},
	} {
		out := outputs(t, func(l *slog.Logger) { l.Info("hello", test.attr) })
		if text, _, _ := strings.Cut(out, "\n"); !strings.HasSuffix(text, " "+test.want) {
			t.Errorf("%q does not end with %q", text, test.want)
		}
	}
}

// The wrapped handler must stay a good slog.Handler.
func TestConformance(t *testing.T) {
	var out bytes.Buffer
	handler := New(slog.NewJSONHandler(&out, nil))
	err := slogtest.TestHandler(handler, func() []map[string]any {
		var records []map[string]any
		for line := range bytes.Lines(out.Bytes()) {
			var record map[string]any
			if err := json.Unmarshal(line, &record); err != nil {
				t.Fatal(err)
			}
			records = append(records, record)
		}
		return records
	})
	if err != nil {
		t.Error(err)
	}
}

func TestLevelIsTheInnerHandlers(t *testing.T) {
	logger := slog.New(New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if logger.Enabled(t.Context(), slog.LevelInfo) || !logger.Enabled(t.Context(), slog.LevelWarn) {
		t.Error("level of the inner handler is not respected")
	}
}

func FuzzText(f *testing.F) {
	f.Add("https://me:", "@example.com/?page=1")
	f.Add("get \"", "\": refused password=x")
	f.Add(`{"token":"`, `"}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		clean := text(before + " " + sessionToken + " " + after)
		if strings.Contains(clean, sessionToken) {
			t.Errorf("token is in %q", clean)
		}
		if again := text(clean); strings.Contains(again, sessionToken) {
			t.Errorf("token is back in %q", again)
		}
	})
}

func BenchmarkHandle(b *testing.B) {
	logger := slog.New(New(slog.NewTextHandler(discard{}, nil)))
	err := errors.New("listen tcp 127.0.0.1:42127: address already in use")
	b.ReportAllocs()
	for b.Loop() {
		logger.Info("connection ended", "peer", "127.0.0.1:50123", "bytes", 1234, "took", time.Second, "err", err)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
