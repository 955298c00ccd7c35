// Command serve starts one real chat server and prints a configuration of roomctl for it.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"text/template"

	"roomctl/integration/servers"
)

const usage = "usage: integration/serve prosody-0.12 | prosody-13 | ejabberd-23 | ejabberd-26"

//go:embed roomctl.yaml
var configuration string

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until it is interrupted and returns the exit status: 0 interrupted, 1 failed, 64 usage.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stderr, usage)
		return 64
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, servers.Name(args[0]), stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "integration/serve:", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, name servers.Name, stdout, stderr io.Writer) (err error) {
	server, err := servers.Start(ctx, name, servers.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	passwordFile := filepath.Join(server.Dir, "password")
	if err := os.WriteFile(passwordFile, []byte(server.Password+"\n"), 0o600); err != nil {
		return err
	}
	config, err := render(server, passwordFile)
	if err != nil {
		return err
	}
	if _, err := stdout.Write(config); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%s %s runs at %s, logs of rooms at %s; everything of it is in %s.\n"+
		"Its configuration for roomctl is on standard output. Ctrl-C stops it and removes it all.\n",
		server.Name, server.Version, server.Addr, server.LogsURL, server.Dir)
	<-ctx.Done()
	return nil
}

// render fills in the configuration for a server.
func render(server *servers.Server, passwordFile string) ([]byte, error) {
	t, err := template.New("roomctl.yaml").Parse(configuration)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Server":       server,
		"PasswordFile": passwordFile,
		"StateDir":     filepath.Join(server.Dir, "state"),
	})
	return b.Bytes(), err
}
