//go:build integration

package browser

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// good is a page with nothing wrong; its one link needs no script.
const good = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Good</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>
<body><main><h1>Good</h1><p><a href="/good">The link</a></p></main></body></html>`

// A page that has everything wrong is found out, and a good one is not.
func TestLook(t *testing.T) {
	bad := strings.NewReplacer(
		"<h1>Good</h1>", `<h1>Bad</h1><img src="http://elsewhere.example/picture.png">
			<style>@media (prefers-color-scheme: dark) { p { color: #777; background: #888 } }</style>
			<p id="wide" style="width: 390px; overflow: hidden; padding-left: 200px">text</p>
			<script>document.querySelector('main').append(Object.assign(document.createElement('a'), {href: '/', textContent: 'By script'}))</script>
			<script src="/refused.js"></script>`,
		"<head>", `<head><meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`,
	).Replace(good)
	site := serve(t, map[string]string{"/good": good, "/bad": bad})
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	t.Run("a good page", func(t *testing.T) {
		looked, err := Look(ctx, map[string]string{"good": site + "/good"})
		if err != nil {
			t.Fatal(err)
		}
		if len(looked.Complaints) > 0 || !slices.Equal(looked.Requests, []string{site + "/good"}) {
			t.Errorf("complaints %v, requests %v", looked.Complaints, looked.Requests)
		}
		if links := looked.Links["good"]; !slices.Equal(links, []string{"The link"}) {
			t.Errorf("links %q", links)
		}
		for _, view := range looked.Views {
			if len(view.Violations) > 0 || view.Sideways > 0 {
				t.Errorf("%s: violations %v, sideways %d", view.View, view.Violations, view.Sideways)
			}
			if picture, err := png.Decode(bytes.NewReader(view.Screenshot)); err != nil || picture.Bounds().Dy() < 100 {
				t.Errorf("%s: the picture cannot be seen: %v", view.View, err)
			}
		}
	})
	t.Run("a bad page", func(t *testing.T) {
		looked, err := Look(ctx, map[string]string{"bad": site + "/bad"})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(looked.Requests, "http://elsewhere.example/picture.png") {
			t.Errorf("requests %v, want the one elsewhere", looked.Requests)
		}
		if all := strings.Join(looked.Complaints, "\n"); !strings.Contains(all, "Content Security Policy") || !strings.Contains(all, "refused.js") {
			t.Errorf("complaints %s, want that a script was refused", all)
		}
		if links := looked.Links["bad"]; !slices.Equal(links, []string{"The link"}) {
			t.Errorf("links without JavaScript: %q", links)
		}
		for _, view := range looked.Views {
			all := strings.Join(view.Violations, "\n")
			phone, dark := strings.HasPrefix(view.View, "phone"), strings.HasSuffix(view.View, "dark")
			if view.View != "print" && !strings.Contains(all, "image-alt") {
				t.Errorf("%s: no missing text of the image in %s", view.View, all)
			}
			if strings.Contains(all, "color-contrast") != dark {
				t.Errorf("%s: contrast in %s", view.View, all)
			}
			if view.Sideways > 0 != phone {
				t.Errorf("%s: sideways %d", view.View, view.Sideways)
			}
		}
	})
}

// A way that does not lead into a room is an error that says where it ended.
func TestJoinFails(t *testing.T) {
	site := serve(t, map[string]string{"/good": good})
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	joined, err := Join(ctx, Way{Page: site + "/good", Link: "The link", Nickname: "reader", Width: 1000, Patience: 2 * time.Second})
	if err == nil || !strings.Contains(err.Error(), site+"/good") {
		t.Errorf("got %v, want an error with the page", err)
	}
	if len(joined.Screenshot) == 0 {
		t.Error("no picture of where it ended")
	}
}

// serve serves pages on a loopback address.
func serve(t testing.TB, pages map[string]string) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(site.Close)
	return site.URL
}
