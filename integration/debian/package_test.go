//go:build integration

package debian

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestThePackage goes through its life in a Debian where no systemd runs, as in a container or while a system is made:
// installed, upgraded with a registry in place, removed, installed again, purged.
func TestThePackage(t *testing.T) {
	for _, tree := range suites {
		t.Run(tree, func(t *testing.T) {
			t.Parallel()
			m := machine(t, tree)
			m.install(t, deb)
			t.Run("installed", m.installed)
			t.Run("units", m.units)
			t.Run("upgraded", m.upgraded)
			t.Run("upgraded without its configuration", m.upgradedWithout)
			t.Run("removed", m.removed)
			t.Run("purged", m.purged)
		})
	}
}

// registryFile is what must outlive everything but a purge.
const registryFile = "/var/lib/roomctl/registry.sqlite"

// asRoomctl runs a command as people do with sudo -u roomctl.
const asRoomctl = `setpriv --reuid roomctl --regid roomctl --init-groups --inh-caps=-all -- "$@"`

func (m *Machine) installed(t *testing.T) {
	if got := m.run(t, "roomctl version"); !strings.HasPrefix(got, "roomctl v") {
		t.Errorf("its version is %q, and should come from the checkout", got)
	}
	if got := m.run(t, "getent passwd roomctl"); !strings.HasSuffix(got, ":/var/lib/roomctl:/usr/sbin/nologin\n") {
		t.Errorf("the user is %q", got)
	}
	for name, want := range map[string]string{
		"/usr/bin/roomctl":         "root:root 755",
		"/etc/roomctl":             "root:roomctl 750",
		"/etc/roomctl/config.yaml": "root:roomctl 640",
		"/var/lib/roomctl":         "roomctl:roomctl 750",
	} {
		if got, err := m.Mode(t.Context(), name); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	example := m.run(t, "roomctl config example")
	if got := m.run(t, asRoomctl, "cat", "/etc/roomctl/config.yaml"); got != example {
		t.Error("the configuration is not the one of roomctl config example")
	}
	m.run(t, asRoomctl, "roomctl", "config", "show")
	if got := m.run(t, "ls /etc/systemd/system/*.wants 2>/dev/null || true"); strings.Contains(got, "roomctl") {
		t.Errorf("it is started although nobody has configured it: %s", got)
	}
}

// exposure is the last line of systemd-analyze security.
var exposure = regexp.MustCompile(`Overall exposure level for ([a-z.-]+): ([0-9.]+)`)

// The units are sound, name pages that exist, and are hardened.
func (m *Machine) units(t *testing.T) {
	files := []string{"roomctl.service", "roomctl-sync.service", "roomctl-sync.timer"}
	for _, file := range files {
		if out := m.run(t, "systemd-analyze verify --man=no --recursive-errors=yes "+file+" 2>&1"); out != "" {
			t.Errorf("%s: %s", file, out)
		}
		unit, err := os.ReadFile(m.Path("/usr/lib/systemd/system/" + file))
		if err != nil {
			t.Fatal(err)
		}
		pages := regexp.MustCompile(`man:([a-z.-]+)\(([15])\)`).FindAllStringSubmatch(string(unit), -1)
		if len(pages) == 0 {
			t.Errorf("%s names no page", file)
		}
		for _, page := range pages {
			if name := "/usr/share/man/man" + page[2] + "/" + page[1] + "." + page[2] + ".gz"; !m.exists(name) {
				t.Errorf("%s: there is no %s", file, name)
			}
		}
	}
	found := exposure.FindAllStringSubmatch(m.run(t, "systemd-analyze security --offline=yes --no-pager "+strings.Join(files[:2], " ")), -1)
	if len(found) != 2 {
		t.Fatalf("exposure of two services is %v", found)
	}
	for _, service := range found {
		if level, err := strconv.ParseFloat(service[2], 64); err != nil || level > 1.5 {
			t.Errorf("the exposure of %s is %s (%v), want 1.5 or less", service[1], service[2], err)
		}
	}
}

// An upgrade keeps what people wrote and what roomctl did.
func (m *Machine) upgraded(t *testing.T) {
	const config = "/etc/roomctl/config.yaml"
	m.run(t, asRoomctl, "roomctl", "demo", "--serve", "no", "--dir", "/var/lib/roomctl/demo")
	m.run(t, asRoomctl, "mv", "/var/lib/roomctl/demo/state/registry.sqlite", registryFile)
	m.run(t, `echo "# mine" >>`+config)
	m.run(t, "dpkg-statoverride --update --add root roomctl 0660 "+config)
	registry, err := os.ReadFile(m.Path(registryFile))
	if err != nil {
		t.Fatal(err)
	}
	m.install(t, newer)
	if got := m.run(t, "dpkg-query --show --showformat '${Version}' roomctl"); !strings.HasSuffix(got, "+newer") {
		t.Errorf("version %s is installed", got)
	}
	if after, err := os.ReadFile(m.Path(registryFile)); err != nil || string(after) != string(registry) {
		t.Errorf("the registry is not what it was (%v)", err)
	}
	if !strings.HasSuffix(m.run(t, "cat "+config), "# mine\n") {
		t.Error("the configuration is not what it was")
	}
	if got, err := m.Mode(t.Context(), config); err != nil || got != "root:roomctl 660" {
		t.Errorf("the configuration is %s (%v), not as the administrator wants it", got, err)
	}
}

// An administrator who has removed the configuration has another one elsewhere.
func (m *Machine) upgradedWithout(t *testing.T) {
	const config = "/etc/roomctl/config.yaml"
	m.run(t, "dpkg-statoverride --remove "+config+"; mv "+config+" /root/config.yaml")
	m.install(t, newer)
	if got := m.run(t, "dpkg-query --show --showformat '${db:Status-Status}' roomctl"); got != "installed" {
		t.Errorf("the package is %s", got)
	}
	if m.exists(config) {
		t.Errorf("%s is there again", config)
	}
	m.run(t, "mv /root/config.yaml "+config)
}

// Removing takes the program and its units, and leaves what cannot be had again.
func (m *Machine) removed(t *testing.T) {
	m.run(t, "dpkg --remove roomctl")
	for _, name := range []string{"/usr/bin/roomctl", "/usr/lib/systemd/system/roomctl.service", "/usr/share/man/man1/roomctl.1.gz"} {
		if m.exists(name) {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range []string{registryFile, "/etc/roomctl/config.yaml"} {
		if !m.exists(name) {
			t.Errorf("%s is gone", name)
		}
	}
	m.install(t, deb)
	m.run(t, "roomctl version")
}

// Purging leaves nothing but the user.
func (m *Machine) purged(t *testing.T) {
	m.write(t, "/etc/roomctl/xmpp-password", "secret\n", 0o600)
	m.run(t, "systemctl --quiet enable roomctl.service roomctl-sync.timer 2>/dev/null")
	m.run(t, "dpkg --purge roomctl")
	left := m.run(t, "find / -xdev -name '*roomctl*' -not -path '/proc/*' -not -path '/root/*'")
	if left != "" {
		t.Errorf("it leaves %s", left)
	}
	m.run(t, "getent passwd roomctl")
}
