package xmppadmin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mellium.im/sasl"
)

func TestStronger(t *testing.T) {
	order := []string{"X-UNKNOWN", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"}
	for i, a := range order {
		for j, b := range order {
			if got := Stronger(a, b); got != (i > j) {
				t.Errorf("Stronger(%q, %q) = %v", a, b, got)
			}
		}
	}
	if Stronger("", "PLAIN") || !Stronger("PLAIN", "") {
		t.Error("nothing is not the weakest")
	}
}

func TestScramMessagesOfTheServerAreChecked(t *testing.T) {
	for _, c := range []struct {
		name, challenge, want string
	}{
		{"a server's first message", "r=NONCEmore,s=c2FsdA==,i=4096", ""},
		{"nothing", "", "malformed"},
		{"a comma", ",", "malformed"},
		{"a field that is cut short, which the library never leaves", "r=NONCEmore,s=c2FsdA==,i", "malformed"},
		{"a field without value", "r=NONCEmore,s=,i=4096", "malformed"},
		{"more work than this machine should do", "r=NONCEmore,s=c2FsdA==,i=2000000000", "unreasonable"},
		{"no work at all", "r=NONCEmore,s=c2FsdA==,i=0", "unreasonable"},
		{"less than that", "r=NONCEmore,s=c2FsdA==,i=-1", "unreasonable"},
		{"somebody else's nonce", "r=other,s=c2FsdA==,i=4096", "nonce"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := sasl.NewClient(careful(sasl.ScramSha256), sasl.Credentials(func() (_, _, _ []byte) {
				return []byte("roomctl"), []byte("secret"), nil
			}))
			_, first, err := client.Step(nil)
			if err != nil {
				t.Fatal(err)
			}
			_, nonce, _ := strings.Cut(string(first), "r=")
			_, _, err = client.Step([]byte(strings.ReplaceAll(c.challenge, "NONCE", nonce)))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestCAFileThatCannotBeUsed(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, want string }{
		{"it does not exist", filepath.Join(t.TempDir(), "missing.pem"), "reading the CA file: open "},
		{"it holds no certificate", empty, "holds no certificate in PEM form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tlsConfig("localhost", c.file)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
