package datatracker

import "net/http"

// observed is a transport that tells of every request.
type observed struct {
	transport http.RoundTripper
	observe   func(status int)
}

// RoundTrip sends one request.
func (o *observed) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := o.transport.RoundTrip(req)
	if err != nil {
		o.observe(0)
		return nil, err
	}
	o.observe(resp.StatusCode)
	return resp, nil
}

// CloseIdleConnections is what http.Client looks for in its transport.
func (o *observed) CloseIdleConnections() {
	if c, ok := o.transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
