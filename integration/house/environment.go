package house

import (
	"os"
	"strconv"
	"testing"
)

// Number is a number from the environment, which makes a test longer or plays it again.
func Number(t testing.TB, name string, byDefault uint64) uint64 {
	t.Helper()
	text, ok := os.LookupEnv(name)
	if !ok {
		return byDefault
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
