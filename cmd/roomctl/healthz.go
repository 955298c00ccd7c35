package main

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"roomctl/provisioner/health"
)

// healthDocument is what /healthz answers to those who accept JSON. Members are
// only ever added; a change of meaning moves version.
type healthDocument struct {
	Version int       `json:"version"`
	Time    time.Time `json:"time"`
	health.Verdict
}

// healthz says how roomctl is: 503 when it is red, else 200.
func (v *vitals) healthz(w http.ResponseWriter, req *http.Request) {
	r := v.read(req.Context())
	status := http.StatusOK
	if r.verdict.Level == health.Red {
		status = http.StatusServiceUnavailable
	}
	if acceptsJSON(req) {
		answer(w, status, "application/json", healthJSON(healthDocument{Version: 1, Time: v.now().UTC(), Verdict: r.verdict}))
		return
	}
	answer(w, status, plainText, healthText(r.verdict))
}

const plainText = "text/plain; charset=utf-8"

func healthJSON(doc healthDocument) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil { // a Builder takes everything, and the types are plain
		return "{}\n"
	}
	return out.String()
}

// healthText is the verdict for people: the level, then each problem with its rule
// and what to do.
func healthText(v health.Verdict) string {
	out := string(v.Level) + "\n"
	for _, p := range v.Problems {
		out += fmt.Sprintf("%s %s: %s\n", p.Level, p.Key(), p.Text)
		if p.Command != "" {
			out += "    -> " + p.Command + "\n"
		}
	}
	return out
}

// readyz says whether serve does its work: the configuration is loaded, the
// registry opens, and the first run has ended, however it did, or roomctl is
// paused. Otherwise 503.
func (v *vitals) readyz(w http.ResponseWriter, req *http.Request) {
	r := v.read(req.Context())
	switch {
	case r.facts.Registry != "":
		answer(w, http.StatusServiceUnavailable, plainText, "not ready: "+inert(r.facts.Registry)+"\n")
	case !r.begun():
		answer(w, http.StatusServiceUnavailable, plainText, "not ready: the first run has not ended yet\n")
	default:
		answer(w, http.StatusOK, plainText, "ready\n")
	}
}

func answer(w http.ResponseWriter, status int, mediaType, body string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // whoever has gone away does not miss it
}

// acceptsJSON says whether a request asks for JSON by name (RFC 9110 section
// 12.5.1). Whoever takes everything gets the text.
func acceptsJSON(req *http.Request) bool {
	for _, accept := range req.Header.Values("Accept") {
		for one := range strings.SplitSeq(accept, ",") {
			mediaType, params, err := mime.ParseMediaType(one)
			if err == nil && mediaType == "application/json" && params["q"] != "0" {
				return true
			}
		}
	}
	return false
}
