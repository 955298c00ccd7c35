package datatrackertest

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// FuzzQuery holds that no query, whatever its bytes, gets anything but a page
// of a list or a reason why not.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"", "limit=20&offset=20", "id__in=1,2&order_by=-id", "limit=-1", "type__slug__in=wg", "a=%zz", "__=1&state__=x",
		"limit=0&offset=9223372036854775807", "time__gte=2020&time__lt=x", "acronym__in=&acronym=a;b",
	} {
		f.Add(query)
	}
	w, err := newWorld(time.Now, time.Now(), "113")
	if err != nil {
		f.Fatal(err)
	}
	tables := resources(w)
	f.Fuzz(func(t *testing.T, query string) {
		for path, resource := range tables {
			var refused badRequest
			answer, err := resource.list(w, query, nil)
			if errors.As(err, &refused) && refused != "" {
				continue
			}
			if err != nil {
				t.Fatalf("%s?%s: %v", path, query, err)
			}
			page, err := json.Marshal(answer)
			if err != nil {
				t.Fatalf("%s?%s: %v", path, query, err)
			}
			var got struct {
				Meta    struct{ Limit int }
				Objects []any
			}
			if err := json.Unmarshal(page, &got); err != nil || got.Objects == nil || len(got.Objects) > got.Meta.Limit {
				t.Errorf("%s?%s: %v, %d objects limited to %d", path, query, err, len(got.Objects), got.Meta.Limit)
			}
		}
	})
}
