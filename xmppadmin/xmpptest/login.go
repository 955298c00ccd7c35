package xmpptest

import (
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"

	"mellium.im/sasl"
)

// scramIterations is the least that RFC 5802 section 5.1 allows.
const scramIterations = 4096

// errNotAuthorized: the attempt was refused; the client may try again.
var errNotAuthorized = errors.New("not authorized")

// authenticate runs one SASL exchange (RFC 6120 section 6.4) and returns the
// account's localpart. It has told the client the outcome.
func (st *stream) authenticate(auth *element) (string, error) {
	name := auth.attr("mechanism")
	mechanism, ok := saslMechanism(name)
	if !ok || !slices.Contains(st.s.opts.mechanisms(st.secure), name) {
		return "", st.refuse("invalid-mechanism")
	}
	var local string
	n := sasl.NewServer(mechanism, func(n *sasl.Negotiator) bool {
		user, password, _ := n.Credentials()
		local = string(user)
		return st.s.checkPassword(local, password)
	}, sasl.SaltedCredentials(func(user, _ []byte, _ string) ([]byte, []byte, int64, error) {
		local = string(user)
		return st.s.salted(local, name)
	}))
	for message := auth; ; {
		data, err := decodeSASL(message.text)
		if err != nil {
			return "", st.refuse("incorrect-encoding")
		}
		more, response, err := n.Step(data)
		if err != nil {
			return "", st.refuse("not-authorized")
		}
		reply := el(nsSASL, "success")
		if more {
			reply = el(nsSASL, "challenge")
		}
		if err := st.write(reply.say(encodeSASL(response))); err != nil {
			return "", err
		}
		if !more {
			return local, nil
		}
		if message, err = st.next(); err != nil {
			return "", st.fail(err)
		}
		if message.space != nsSASL || message.name != "response" {
			return "", st.refuse("aborted")
		}
	}
}

func (st *stream) refuse(condition string) error {
	if err := st.write(el(nsSASL, "failure", el(nsSASL, condition))); err != nil {
		return err
	}
	return errNotAuthorized
}

// saslMechanism is the server's side of a mechanism. The -PLUS ones are not
// there: the library panics on them.
func saslMechanism(name string) (sasl.Mechanism, bool) {
	switch name {
	case "PLAIN":
		return sasl.Plain, true
	case "SCRAM-SHA-1":
		return sasl.ScramSha1, true
	case "SCRAM-SHA-256":
		return sasl.ScramSha256, true
	}
	return sasl.Mechanism{}, false
}

func (s *Server) checkPassword(local string, password []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	want, ok := s.accounts[local]
	return ok && subtle.ConstantTimeCompare([]byte(want), password) == 1
}

// salted derives the SCRAM credentials of an account with a new salt.
func (s *Server) salted(local, mechanism string) (salt, password []byte, iterations int64, err error) {
	s.mu.Lock()
	secret, ok := s.accounts[local]
	s.mu.Unlock()
	if !ok {
		return nil, nil, 0, fmt.Errorf("no account %q", local)
	}
	digest := func() hash.Hash { return sha256.New() }
	if mechanism == "SCRAM-SHA-1" {
		digest = func() hash.Hash { return sha1.New() }
	}
	salt = []byte(rand.Text())
	return salt, sasl.SCRAMSaltPassword(digest, []byte(secret), salt, scramIterations), scramIterations, nil
}

// decodeSASL and encodeSASL: "=" stands for no bytes, the empty string for no
// data (RFC 6120 section 6.4.2).
func decodeSASL(text string) ([]byte, error) {
	if text == "=" {
		return nil, nil
	}
	return base64.StdEncoding.DecodeString(text)
}

func encodeSASL(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
