// Package api is the server's HTTP side: what clients look up before they
// connect, and the upgrade that turns a request into a game's connection
// (spec: engine 9, client 4 and 5).
package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"

	"github.com/charonrelay/charon/engine/session"
	"github.com/charonrelay/charon/engine/token"
	"github.com/charonrelay/charon/wire/upgrade"
)

// ident is how clients recognise a compatible server (spec: client 5.2).
const ident = "POCKET_RELAY_SERVER"

// Headers of an upgrade request (spec: client 4.1).
const (
	headerAssociation = "X-Association"
	headerHost        = "X-Pocket-Relay-Host"
)

// Config is what the handler needs. All fields are required.
type Config struct {
	// Version is the server version that clients are told, Charon the version
	// of this program.
	Version, Charon string
	// Tokens issues and checks association tokens.
	Tokens *token.Issuer
	// Admit asks for a place for one more session; done gives it back. It
	// fails if the server is full or shutting down. Whoever answers it waits
	// for all places to be given back.
	Admit func() (done func(), ok bool)
	// Serve serves an upgraded connection until it ends.
	Serve  func(conn net.Conn, origin session.Origin)
	Logger *slog.Logger
}

// Handler answers the server's routes.
type Handler struct {
	cfg Config
	mux *http.ServeMux
}

// New returns the handler.
func New(cfg Config) *Handler {
	h := &Handler{cfg: cfg, mux: http.NewServeMux()}
	h.mux.HandleFunc("GET /api/server", h.server)
	// No method in the pattern: the upgrade itself answers other methods.
	h.mux.HandleFunc("/api/server/upgrade", h.upgrade)
	return h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	h.mux.ServeHTTP(w, r)
}

// serverInfo is the answer to a look-up (spec: client 5.2).
type serverInfo struct {
	Ident       string `json:"ident"`
	Version     string `json:"version"`
	Association string `json:"association"`
	// TunnelPort is null: this server has no UDP tunnel.
	TunnelPort *uint16 `json:"tunnel_port"`
	// Charon is ours: other clients ignore what they do not know.
	Charon string `json:"charon"`
}

func (h *Handler) server(w http.ResponseWriter, _ *http.Request) {
	_, association := h.cfg.Tokens.NewAssociation()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	// The answer is small; a client that is gone misses nothing.
	_ = json.NewEncoder(w).Encode(serverInfo{Ident: ident, Version: h.cfg.Version, Association: association, Charon: h.cfg.Charon})
}

// upgrade makes the request a game's connection (spec: engine 2.1).
func (h *Handler) upgrade(w http.ResponseWriter, r *http.Request) {
	done, ok := h.cfg.Admit()
	if !ok {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "the server is full or shutting down; try again later", http.StatusServiceUnavailable)
		return
	}
	origin := h.origin(r)
	conn, err := upgrade.Accept(w, r, upgrade.ProtocolBlaze)
	if err != nil {
		done()
		level := slog.LevelWarn
		if errors.Is(err, upgrade.ErrNotUpgradable) {
			level = slog.LevelInfo
		}
		h.cfg.Logger.Log(r.Context(), level, "upgrade refused", "peer", r.RemoteAddr, "error", err)
		return
	}
	// Not on this goroutine: what net/http keeps for the request is freed.
	go func() {
		defer done()
		h.cfg.Serve(conn, origin)
	}()
}

// origin reads what a request says about its sender. An association token that
// is not ours counts as absent (spec: client 4.2).
func (h *Handler) origin(r *http.Request) session.Origin {
	o := session.Origin{Local: netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		o.Peer = ap.Addr().Unmap()
	}
	if a, err := netip.ParseAddr(r.Header.Get(headerHost)); err == nil && a.Is4() && a.IsLoopback() {
		o.Local = a
	}
	if a, err := h.cfg.Tokens.VerifyAssociation(r.Header.Get(headerAssociation)); err == nil {
		o.Association = a
	}
	return o
}
