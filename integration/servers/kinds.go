package servers

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates/prosody.cfg.lua templates/ejabberd.yml
var templates embed.FS

// settings fills a configuration template. Paths in the templates are inside the tree, where the run folder is /srv.
type settings struct {
	IP                   string
	C2S, DirectTLS, HTTP int
	Erlang               int // the port for ejabberdctl
	Domain, MUC, Guests  string
	JID                  string
	AdminCommands        bool // the server has mod_adhoc_api
	Options
}

// A kind is what differs between Prosody and ejabberd.
type kind struct {
	suite    string // of Debian
	software string // the name of its package, and of its user
	logsPath string // of the room logs
	// configure writes the configuration.
	configure func(*Server, settings) error
	// register creates the accounts before the first start; nil: the command does it.
	register func(context.Context, *Server) error
	// command is what runs the server in the foreground.
	command func(*Server) ([]string, error)
	// ready tells whether the accounts exist; nil: register has made them.
	ready func(*Server) bool
}

func kindOf(name Name) (kind, error) {
	prosody := kind{
		software: "prosody", logsPath: "/muc_log/",
		configure: configureProsody, register: registerProsody, command: commandProsody,
	}
	ejabberd := kind{
		software: "ejabberd", logsPath: "/logs/",
		configure: configureEjabberd, command: commandEjabberd, ready: readyEjabberd,
	}
	var k kind
	switch name {
	case Prosody012, Prosody13:
		k = prosody
	case Ejabberd23, Ejabberd26:
		k = ejabberd
	default:
		return kind{}, fmt.Errorf("no server %q: there are %v", name, Names())
	}
	k.suite = "bookworm"
	if name == Prosody13 || name == Ejabberd26 {
		k.suite = "trixie"
	}
	return k, nil
}

// render writes a configuration from its template.
func render(s *Server, name string, with settings) error {
	t, err := template.ParseFS(templates, "templates/"+name)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.Dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := t.Execute(f, with); err != nil {
		f.Close()
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return f.Close()
}

func configureProsody(s *Server, with settings) error {
	return render(s, "prosody.cfg.lua", with)
}

func commandProsody(*Server) ([]string, error) {
	return []string{"prosody", "--config", "/srv/prosody.cfg.lua", "-F"}, nil
}

func registerProsody(ctx context.Context, s *Server) error {
	for jid, password := range s.Accounts {
		user, host, _ := strings.Cut(jid, "@")
		p, err := s.launch("prosodyctl", "--config", "/srv/prosody.cfg.lua", "register", user, host, password)
		if err != nil {
			return err
		}
		if err := p.wait(ctx); err != nil {
			return fmt.Errorf("registering %s: %w", jid, err)
		}
	}
	return nil
}

// configureEjabberd writes the configuration and, since ejabberd makes accounts only while it runs, the Erlang
// expressions that make them.
func configureEjabberd(s *Server, with settings) error {
	var script strings.Builder
	for jid, password := range s.Accounts {
		user, host, _ := strings.Cut(jid, "@")
		fmt.Fprintf(&script, "ejabberd_auth:try_register(<<%q>>, <<%q>>, <<%q>>),\n", user, host, password)
	}
	fmt.Fprintf(&script, "ok = file:write_file(%q, <<>>).\n", "/srv/accounts.ready")
	if err := os.WriteFile(filepath.Join(s.Dir, "accounts.erl"), []byte(script.String()), 0o600); err != nil {
		return err
	}
	if with.Control {
		if err := configureControl(s, with); err != nil {
			return err
		}
	}
	return render(s, "ejabberd.yml", with)
}

// controlFile holds the arguments that make ejabberd reachable for ejabberdctl.
const controlFile = "node.args"

// configureControl gives the Erlang node a name, a secret, and a port on the server's own address. Node and
// ejabberdctl know the port from their configuration, so that neither needs epmd.
func configureControl(s *Server, with settings) error {
	node := "ejabberd@" + with.IP
	secret := "-setcookie " + rand.Text() + "\n"
	files := map[string]string{
		controlFile: fmt.Sprintf("-name %s\n-erl_epmd_port %d\n-start_epmd false\n-kernel inet_dist_use_interface {%s}\n%s",
			node, with.Erlang, strings.ReplaceAll(with.IP, ".", ","), secret),
		"vm.args":         secret,
		"inetrc":          "",
		"ejabberdctl.cfg": fmt.Sprintf("ERLANG_NODE=%s\nERL_DIST_PORT=%d\nSPOOL_DIR=/srv/data\nLOGS_DIR=/srv\n", node, with.Erlang),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// commandEjabberd starts ejabberd as ejabberdctl does, but as an Erlang node without a name unless Options.Control
// says otherwise: such a node opens no port for other nodes and needs no epmd, which would stay behind.
func commandEjabberd(s *Server) ([]string, error) {
	// The folder above depends on the processor; ejabberd's own may have a second name.
	pattern := filepath.Join(s.tree, "usr/lib/*/ejabberd-[0-9]*/ebin/ejabberd.app")
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("no ejabberd at %s: %w", pattern, errors.Join(err, fs.ErrNotExist))
	}
	inTree := strings.TrimPrefix(found[0], s.tree)
	environment := []string{
		"env",
		"ERL_LIBS=" + filepath.Dir(filepath.Dir(filepath.Dir(inTree))),
		"EJABBERD_CONFIG_PATH=/srv/ejabberd.yml",
		"EJABBERD_LOG_PATH=/srv/ejabberd.log",
		"ERL_CRASH_DUMP_BYTES=0",
	}
	command := slices.Concat(environment, []string{
		"erl", "-noinput", "-mnesia", "dir", `"/srv/data"`, "-s", "ejabberd",
		"-eval", `ok = file:eval("/srv/accounts.erl").`,
	})
	if _, err := os.Stat(filepath.Join(s.Dir, controlFile)); err == nil {
		command = append(command, "-args_file", "/srv/"+controlFile)
	}
	return command, nil
}

func readyEjabberd(s *Server) bool {
	_, err := os.Stat(filepath.Join(s.Dir, "accounts.ready"))
	return err == nil
}
