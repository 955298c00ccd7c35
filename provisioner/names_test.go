package provisioner

import (
	"strings"
	"testing"
)

func TestValidName(t *testing.T) {
	tests := map[string]bool{
		"quic": true, "6man": true, "3gpp-ietf": true, "a": true, "rfc.editor": true, "a_b": true, "c++": true,
		strings.Repeat("a", 63): true,

		"": false, strings.Repeat("a", 64): false,
		".hidden": false, "-x": false, "_x": false, "+x": false,
		"QUIC": false, "quic room": false, "quic\n": false, "quic@example.org": false, "quic/roomctl": false,
		"..": false, "caf\u00e9": false, "\u0430dd": false, // Cyrillic a
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if got := ValidName(name); got != want {
				t.Errorf("%q can be the name of a room: %v, want %v", name, got, want)
			}
		})
	}
}
