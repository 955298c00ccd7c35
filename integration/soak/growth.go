package soak

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// A Sample is how large the process is at the end of a day.
type Sample struct {
	Goroutines, Files int
	Heap              uint64 // bytes that are reachable
}

// sample measures this process.
func sample() Sample {
	runtime.GC()
	runtime.GC() // what the first one found unreachable and had finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, _ := os.ReadDir("/proc/self/fd") // without it there is nothing to count
	return Sample{Goroutines: runtime.NumGoroutine(), Files: len(files), Heap: m.HeapAlloc}
}

// Growth says how the process grew from the first quarter of the days to the last; nil: it did not. What it tolerates is
// less than one goroutine, one file or 100 kB a day would come to in twenty days.
func Growth(samples []Sample) error {
	const (
		tolerated = 8       // goroutines, files
		heap      = 1 << 20 // bytes
	)
	quarter := len(samples) / 4
	if quarter == 0 {
		return fmt.Errorf("%d days are too few to see growth", len(samples))
	}
	first, last := average(samples[:quarter]), average(samples[len(samples)-quarter:])
	switch {
	case first.Files == 0:
		return errors.New("open files cannot be counted")
	case last.Goroutines > first.Goroutines+tolerated, last.Files > first.Files+tolerated, last.Heap > first.Heap+first.Heap/4+heap:
		return fmt.Errorf("at first there were %+v, and in the end %+v", first, last)
	}
	return nil
}

func average(samples []Sample) Sample {
	var sum Sample
	for _, s := range samples {
		sum.Goroutines += s.Goroutines
		sum.Files += s.Files
		sum.Heap += s.Heap
	}
	n := len(samples)
	return Sample{sum.Goroutines / n, sum.Files / n, sum.Heap / uint64(n)}
}
