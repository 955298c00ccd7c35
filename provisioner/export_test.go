package provisioner

import (
	"roomctl/agenda"
	"roomctl/provisioner/registry"
)

// News lets the tests that run the whole line read what a trail tells.
func News(trail []registry.Change) []agenda.NewsItem { return news(trail) }
