package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"roomctl/agenda/web"
)

// wantsPages reads --serve: whether the demo ends by serving the pages.
func (p *program) wantsPages(when string) (bool, error) {
	switch when {
	case "auto":
		return isTerminal(p.stdout), nil
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, usageError{fmt.Errorf("--serve: %q is not one of auto, yes, no", when)}
}

// pagesURL is where the pages are served; "" when they are not.
func (d *demo) pagesURL() string {
	if d.pages == nil {
		return ""
	}
	return "http://" + d.pages.Addr().String()
}

// servePages serves the published files until ctx is done, which is how the
// demo is meant to end.
func (d *demo) servePages(ctx context.Context) error {
	server := &http.Server{
		Handler: web.New(d.files, web.Options{
			Now:     d.now,
			OnError: func(err error) { d.house.progress.say("%s", inert(err.Error())) },
		}),
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(d.pages) }()
	d.house.progress.clear()
	d.out.line("\nOpen %s/ , Ctrl-C to stop", d.pagesURL())
	select {
	case err := <-ended:
		return fmt.Errorf("serving the pages: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if server.Shutdown(patience) != nil {
		server.Close() // somebody reads too slowly to wait for
	}
	<-ended
	return nil
}
