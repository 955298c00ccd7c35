package xmppadmin

import (
	"crypto/tls"
	"strings"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestTLSOlderThan12IsRefused(t *testing.T) {
	config, caFile := certificate(t, "localhost")
	for version, works := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true} {
		for _, mode := range []string{TLSStart, TLSDirect} {
			t.Run(tls.VersionName(version)+" "+mode, func(t *testing.T) {
				old := config.Clone()
				old.MinVersion, old.MaxVersion = version, version
				srv := startServer(t, xmpptest.Options{TLS: old, DirectTLS: mode == TLSDirect})
				o := plainOptions(srv)
				o.TLS, o.CAFile = mode, caFile
				service, err := Open(t.Context(), o)
				if works {
					if err != nil {
						t.Fatal(err)
					}
					service.Close()
					return
				}
				if err == nil {
					service.Close()
					t.Fatal("logged in")
				}
				if !strings.Contains(err.Error(), "protocol version") {
					t.Errorf("refused for another reason: %v", err)
				}
			})
		}
	}
}
