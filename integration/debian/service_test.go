//go:build integration

package debian

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"roomctl/datatracker/datatrackertest"
	"roomctl/xmppadmin/xmpptest"
)

// TestTheService runs the package's units under systemd, hardened as they are, as people would: it serves with a
// credential, is reloaded, has typed commands beside it, is upgraded, hangs, and gives way to the timer.
func TestTheService(t *testing.T) {
	for _, tree := range suites {
		t.Run(tree, func(t *testing.T) {
			t.Parallel()
			s := newService(t, tree)
			t.Run("nothing runs after the installation", s.asleep)
			t.Run("it starts with a password of the credential store", s.starts)
			t.Run("it is confined", s.confined)
			t.Run("a reload reads the configuration again", s.reloads)
			t.Run("an order that is typed is carried out beside it", s.besides)
			t.Run("an upgrade is not held up by a service that does not come up", s.isUpgradedBroken)
			t.Run("an upgrade restarts it", s.isUpgraded)
			t.Run("when it hangs it is started again", s.hangs)
			t.Run("it stops in good order", s.stops)
			t.Run("the timer does without it", s.timer)
			t.Run("removing the package stops it", s.isRemoved)
		})
	}
}

// service is a booted machine with the package, and the servers that it is configured for.
type service struct {
	*Machine
	password string
	config   string
}

func newService(t *testing.T, tree string) *service {
	t.Helper()
	dt, err := datatrackertest.Start(datatrackertest.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dt.Close)
	chat, err := xmpptest.Start(xmpptest.Options{Kind: xmpptest.Ejabberd})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chat.Close() })
	s := &service{Machine: machine(t, tree), password: chat.Password()}
	s.config = fmt.Sprintf(`datatracker:
  url: %s
xmpp:
  jid: %s
  address: %s
  tls: none
  muc: conference.localhost
  rate: 0
state_dir: /var/lib/roomctl
publish:
  dir: /var/lib/roomctl/www
http:
  listen: 127.0.0.1:0
  admin_listen: 127.0.0.1:0
`, dt.URL(), chat.JID(), chat.Addr())
	t.Cleanup(func() {
		if t.Failed() {
			journal, err := s.Run(context.Background(), "journalctl --no-pager --unit roomctl.service --unit roomctl-sync.service")
			t.Logf("the journal (%v):\n%s", err, journal)
		}
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Boot(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.install(t, deb)
	return s
}

// show is a property of the service, as systemd has it.
func (s *service) show(t *testing.T, property string) string {
	t.Helper()
	return strings.TrimSpace(s.run(t, `systemctl show --value --property="$1" roomctl.service`, property))
}

// eventually waits until a script ends well.
func (s *service) eventually(t *testing.T, script string, args ...string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		_, err := s.Run(t.Context(), script, args...)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		<-again.C
	}
}

func (s *service) asleep(t *testing.T) {
	if state := s.show(t, "ActiveState"); state != "inactive" {
		t.Errorf("the service is %s", state)
	}
}

func (s *service) starts(t *testing.T) {
	s.run(t, `cat >/etc/roomctl/config.yaml <<EOF
`+s.config+`EOF`)
	s.write(t, "/etc/credstore/roomctl.xmpp-password", s.password+"\n", 0o600)
	s.run(t, "systemctl enable --now roomctl.service") // which waits until it is ready
	s.waitForRun(t)
	status := s.run(t, "roomctl control status --json")
	for _, page := range []struct{ name, path, says string }{
		{"pages", "rooms/quic/", "quic@conference.localhost"},
		{"admin", "metrics", "roomctl_build_info"},
		{"admin", "healthz", ""},
	} {
		address := regexp.MustCompile(`"` + page.name + `": "(http://[^"]+)"`).FindStringSubmatch(status)
		if address == nil {
			t.Fatalf("its status names no %s: %s", page.name, status)
		}
		response, err := http.Get(address[1] + page.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), page.says) {
			t.Errorf("%s%s answers %s (%v):\n%s", address[1], page.path, response.Status, err, body)
		}
	}
}

// waitForRun waits until a run has ended as done.
func (s *service) waitForRun(t *testing.T) {
	t.Helper()
	s.eventually(t, `roomctl control status --json | grep '"outcome": "done"'`)
}

func (s *service) confined(t *testing.T) {
	status := s.run(t, "cat /proc/$1/status", s.show(t, "MainPID"))
	for _, want := range []string{"Uid:\t" + strings.TrimSpace(s.run(t, "id -u roomctl")) + "\t", "Seccomp:\t2", "NoNewPrivs:\t1", "CapBnd:\t0000000000000000"} {
		if !strings.Contains(status, want) {
			t.Errorf("there is no %q in\n%s", want, status)
		}
	}
	if where := s.show(t, "StatusText"); where == "" {
		t.Error("it does not tell systemd what it is at")
	}
}

func (s *service) reloads(t *testing.T) {
	s.run(t, `install -o roomctl -g roomctl -m 600 /dev/null /etc/roomctl/xmpp-password
		cp /etc/credstore/roomctl.xmpp-password /etc/roomctl/xmpp-password
		sed -i 's|^  tls: none|&\n  password_file: /etc/roomctl/xmpp-password|' /etc/roomctl/config.yaml
		rm /etc/credstore/roomctl.xmpp-password
		systemctl reload roomctl.service`)
	s.eventually(t, "journalctl --unit roomctl.service | grep 'the configuration was read again'")
	if got, err := s.Mode(t.Context(), "/etc/roomctl/config.yaml"); err != nil || got != "root:roomctl 640" {
		t.Errorf("the configuration is %q (%v)", got, err)
	}
}

func (s *service) besides(t *testing.T) {
	if out := s.run(t, asRoomctl, "roomctl", "sync"); !strings.Contains(out, "Rooms: nothing to do") {
		t.Errorf("it says\n%s", out)
	}
}

func (s *service) isUpgradedBroken(t *testing.T) {
	s.run(t, "cp -p /etc/roomctl/config.yaml /root/config.yaml; echo 'nonsense: 1' >>/etc/roomctl/config.yaml")
	s.install(t, newer)
	s.run(t, `test "$(dpkg-query --show --showformat '${db:Status-Status}' roomctl)" = installed`)
	s.eventually(t, `journalctl --unit roomctl.service | grep nonsense; ! systemctl is-active roomctl.service`)
	s.run(t, "mv /root/config.yaml /etc/roomctl/config.yaml; systemctl reset-failed roomctl.service; systemctl start roomctl.service")
	s.waitForRun(t)
}

func (s *service) isUpgraded(t *testing.T) {
	before := s.show(t, "MainPID")
	s.install(t, newer)
	if after := s.show(t, "MainPID"); after == before || after == "0" {
		t.Errorf("its process was %s and is %s", before, after)
	}
	s.waitForRun(t)
}

func (s *service) hangs(t *testing.T) {
	s.run(t, `mkdir -p /run/systemd/system/roomctl.service.d
		printf '[Service]\nWatchdogSec=3s\nRestartSec=100ms\n' >/run/systemd/system/roomctl.service.d/test.conf
		systemctl daemon-reload
		systemctl restart roomctl.service`)
	before := s.show(t, "MainPID")
	s.run(t, `kill -STOP "$1"`, before)
	s.eventually(t, `test "$(systemctl show --value --property=MainPID roomctl.service)" != "$1"; systemctl is-active roomctl.service`, before)
	s.run(t, "journalctl --unit roomctl.service | grep 'Watchdog timeout'")
	s.run(t, "rm /run/systemd/system/roomctl.service.d/test.conf; systemctl daemon-reload")
}

func (s *service) stops(t *testing.T) {
	s.waitForRun(t)
	s.run(t, "systemctl stop roomctl.service")
	if got := s.show(t, "Result"); got != "success" {
		t.Errorf("it ended with %s", got)
	}
}

func (s *service) timer(t *testing.T) {
	s.run(t, "systemctl start roomctl-sync.service") // which waits until it has ended
	s.run(t, "systemctl start roomctl-sync.timer")
	if next := s.run(t, "systemctl list-timers --no-legend roomctl-sync.timer"); !strings.Contains(next, "roomctl-sync.service") {
		t.Errorf("the timer waits for nothing: %q", next)
	}
}

func (s *service) isRemoved(t *testing.T) {
	s.run(t, "systemctl start roomctl.service; dpkg --remove roomctl")
	if out := s.run(t, "systemctl is-active roomctl.service roomctl-sync.timer || true"); strings.Contains(out, "\nactive") || strings.HasPrefix(out, "active") {
		t.Errorf("they are %s", out)
	}
	if failed := s.run(t, "systemctl list-units --failed --no-legend 'roomctl*'"); failed != "" {
		t.Errorf("it leaves %s", failed)
	}
	s.run(t, "dpkg --purge roomctl")
	if left := s.run(t, "find /etc /usr /var -name '*roomctl*'"); left != "" {
		t.Errorf("it leaves %s", left)
	}
}
