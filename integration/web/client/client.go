// Package client serves the example of a web client, as an operator's web server would: the page with the two domains
// changed, Converse.js beside it, and the chat server's websocket behind it.
package client

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"

	"roomctl/integration/installed"
	"roomctl/integration/servers"
)

//go:embed index.html client.css client.js
var files embed.FS

// Pattern is what the page's address has after the slash, for a room of the server: the end of a
// publish.chat_web_url_pattern.
const Pattern = "#converse/room?jid={chat_room_name}@" + servers.MUC

// Handler serves the client of a server that was started with servers.Options.WebChat.
func Handler(ctx context.Context, server *servers.Server) (http.Handler, error) {
	packages, err := installed.Packages(ctx)
	if err != nil {
		return nil, fmt.Errorf("serving the web client: %w", err)
	}
	page, err := files.ReadFile("index.html")
	if err != nil {
		return nil, err
	}
	changed := strings.NewReplacer("guests.example.org", servers.Guests, `"jabber.example.org"`, `"`+servers.MUC+`"`).
		Replace(string(page))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(changed)) // the browser went away: nobody to tell
	})
	mux.Handle("GET /", http.FileServerFS(files))
	dist := http.Dir(filepath.Join(packages, "node_modules", "converse.js", "dist"))
	mux.Handle("GET /converse/", http.StripPrefix("/converse/", http.FileServer(dist)))
	mux.Handle("GET /xmpp-websocket", httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: server.HTTPAddr}))
	return mux, nil
}
