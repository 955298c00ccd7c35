package datatracker

import "net/http"

// statusTransport is a transport that tells the status of the answer to every
// request, 0 where none came.
type statusTransport struct {
	transport http.RoundTripper
	tell      func(status int)
}

// RoundTrip sends one request.
func (t *statusTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.transport.RoundTrip(req)
	if err != nil {
		t.tell(0)
		return nil, err
	}
	t.tell(resp.StatusCode)
	return resp, nil
}

// CloseIdleConnections is what http.Client looks for in its transport.
func (t *statusTransport) CloseIdleConnections() {
	if c, ok := t.transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
