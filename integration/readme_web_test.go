package integration

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"roomctl/agenda"
	"roomctl/config"
)

// What the README says about serving the pages is a configuration that works, and the Datatracker's setting and the
// example web client agree with it.
func TestReadmeWeb(t *testing.T) {
	r := readReadme(t)
	smallest, web := r.block(t, "Configuration", "yaml", 0), r.block(t, "On the web", "yaml", 0)
	// Both have the key publish: the second block's members go before the first one's.
	c, err := config.Parse([]byte(strings.Replace(smallest, "publish:\n", web, 1)))
	if err != nil {
		t.Fatal(err)
	}

	want := fmt.Sprintf("CHAT_URL_PATTERN = '%s/rooms/%s/'", c.Publish.BaseURL, agenda.Placeholder)
	if got := strings.TrimSpace(r.block(t, "On the web", "python", 0)); got != want {
		t.Errorf("the Datatracker's setting is %s, and the pages are at %s", got, want)
	}
	client, err := os.ReadFile("web/client/index.html")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(client), c.Publish.ChatWebURLPattern) {
		t.Errorf("the example web client does not answer to %s", c.Publish.ChatWebURLPattern)
	}
}
