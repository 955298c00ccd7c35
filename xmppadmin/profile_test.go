package xmppadmin

import (
	"testing"
	"time"

	"roomctl/xmppadmin/xmpptest"
)

func TestTheEndOfTheCertificateIsTold(t *testing.T) {
	config, caFile := certificate(t, "localhost")
	for name, c := range map[string]struct {
		options xmpptest.Options
		tls     string
		known   bool
	}{
		"STARTTLS":   {xmpptest.Options{TLS: config}, TLSStart, true},
		"direct TLS": {xmpptest.Options{TLS: config, DirectTLS: true}, TLSDirect, true},
		"no TLS":     {xmpptest.Options{}, TLSNone, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := plainOptions(startServer(t, c.options))
			o.TLS, o.CAFile = c.tls, caFile
			service, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer service.Close()
			ends := service.Profile().CertificateEnds
			if left := time.Until(ends); c.known && (left < 50*time.Minute || left > time.Hour) || !c.known && !ends.IsZero() {
				t.Errorf("it ends %s", ends) // xmpptest.Certificate is good for an hour
			}
		})
	}
}
