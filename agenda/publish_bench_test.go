package agenda

import "testing"

// A run that finds nothing new publishes all the same: this is what it costs.
func BenchmarkPublishUnchanged(b *testing.B) {
	tree, err := OpenTree(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	p := realPublication(b, "113")
	if _, err := Publish(tree, p); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		done, err := Publish(tree, p)
		if err != nil || len(done.Changed) > 0 {
			b.Fatalf("%q were written again (%v)", done.Changed, err)
		}
	}
}
