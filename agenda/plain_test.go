package agenda

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	for name, tt := range map[string]struct {
		in    string
		limit int
		want  string
	}{
		"what people write stays":     {"Żółw & <b>QUIC</b>", 100, "Żółw & <b>QUIC</b>"},
		"lines become one":            {" a\r\nb\t c\u2028d ", 100, "a b c d"},
		"control characters go":       {"a\x00\x1b[31mb\u0085c", 100, "a[31mb c"},
		"turned directions go":        {"quic\u202excod.exe\u2066\u200f", 100, "quicxcod.exe"},
		"broken UTF-8 goes":           {"a\xff\xfeb\ufffdc\ufeff", 100, "abc"},
		"a long text is cut":          {strings.Repeat("ä ", 20), 10, "ä ä ä ä ä…"},
		"one of just the limit stays": {"0123456789", 10, "0123456789"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := plain(tt.in, tt.limit); got != tt.want {
				t.Errorf("plain(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}
