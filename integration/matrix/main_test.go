package matrix_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// atOnce is how many tests run at a time, whatever the number of processors: most of their time is spent waiting for
// answers that never come.
const atOnce = "12"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
