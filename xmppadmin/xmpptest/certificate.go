package xmpptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// Certificate makes a self-signed certificate for a host, good for an hour. It
// returns the server's side of TLS, for Options.TLS, and the certificate in PEM
// form, which is its own trust anchor.
func Certificate(host string) (config *tls.Config, anchor []byte, err error) {
	return CertificateUntil(host, time.Now().Add(time.Hour))
}

// CertificateUntil is Certificate with another end, which may be past.
func CertificateUntil(host string, ends time.Time) (config *tls.Config, anchor []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key for %s: %w", host, err)
	}
	begins := time.Now().Add(-time.Hour)
	if ends.Before(begins) {
		begins = ends.AddDate(-1, 0, 0)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: begins, NotAfter: ends,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate for %s: %w", host, err)
	}
	anchor = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, anchor, nil
}
