package agenda

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
)

// failures are the files that could not be published.
type failures []failure

type failure struct {
	path string
	err  error
}

// of says whether the file at that path failed.
func (f failures) of(path string) bool {
	return slices.ContainsFunc(f, func(one failure) bool { return one.path == path })
}

// join makes one error of all. A full disk fails hundreds of files: each reason
// is told once, with the first file and how many others there are.
func (f failures) join() error {
	type reason struct {
		failure
		others int
	}
	var reasons []*reason
	known := map[string]*reason{}
	for _, one := range f {
		key := cause(one.err)
		if r := known[key]; r != nil {
			r.others++
			continue
		}
		known[key] = &reason{failure: one}
		reasons = append(reasons, known[key])
	}
	var errs []error
	for _, r := range reasons {
		switch r.others {
		case 0:
			errs = append(errs, fmt.Errorf("publishing %s: %w", r.path, r.err))
		case 1:
			errs = append(errs, fmt.Errorf("publishing %s and one other file: %w", r.path, r.err))
		default:
			errs = append(errs, fmt.Errorf("publishing %s and %d other files: %w", r.path, r.others, r.err))
		}
	}
	return errors.Join(errs...)
}

// cause is what two failures have in common that have the same reason: the
// system's error without the file it is about.
func cause(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
