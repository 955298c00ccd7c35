package provisioner

import (
	"slices"
	"testing"
)

// TestNewsOfARoomThatCouldNotSayWhereToGo: what failed is not told, and the
// rest of the change is.
func TestNewsOfARoomThatCouldNotSayWhereToGo(t *testing.T) {
	trail := trailOf("1 create quic name QUIC", "2 retire quic state retired", "2 !retire quic successor quick")
	if got, want := tellNews(news(trail)), []string{"12:00 created quic", "12:01 retired quic"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
