package faults

import (
	"testing"

	"roomctl/integration/proxy"
)

// Wire lists what can go wrong between roomctl and any chat server.
func Wire() []Fault {
	return []Fault{
		{Name: "a server that is down", start: down, Says: []string{"connecting to"}, First: Nothing, Rest: Stops},
		{Name: "a server that falls silent during login", start: wire(silentAfter(2)), Says: []string{"no answer"}, First: Nothing, Rest: Stops, silent: true},
		{Name: "a server that falls silent while it is asked about rooms", start: wire(silentAfter(12)), Says: []string{"no answer"}, First: Something, Rest: Stops, silent: true},
		{Name: "the connection cut at the third stanza", start: wire(at(3, proxy.Cut)), Says: []string{"connection"}, First: Nothing, Rest: Stops},
		{Name: "the connection cut in the middle of the fifteenth stanza", start: wire(at(15, proxy.Halve)), Says: []string{"connection to the chat server lost"}, SaysFirst: nothing, First: Something, Rest: Open},
		{Name: "the connection cut instead of the first write", start: wire(atWrite(proxy.Cut)), Says: nothing},
		{Name: "the connection cut in the middle of the first write", start: wire(atWrite(proxy.Halve)), Says: nothing},
		{Name: "the first write lost", start: wire(atWrite(proxy.Drop)), Says: []string{"no answer within"}, First: Something, Rest: Partly, silent: true},
		{Name: "a server that falls silent once rooms are made", start: wire(silentAtWrite()), Says: []string{"no answer within"}, First: Something, Rest: Open, silent: true},
	}
}

// A decision is what becomes of each stanza while a fault lasts.
type decision func() func(proxy.Stanza) proxy.Action

func wire(d decision) func(testing.TB, Scene) func() {
	return func(_ testing.TB, at Scene) func() { return at.House.Wire.Break(d()) }
}

// down refuses connections.
func down(t testing.TB, at Scene) func() {
	at.House.Wire.Refuse()
	return func() {
		if err := at.House.Wire.Accept(); err != nil {
			t.Error(err)
		}
	}
}

// at hits the nth stanza of the client, once.
func at(n int, action proxy.Action) decision {
	return func() func(proxy.Stanza) proxy.Action {
		seen := 0
		return func(s proxy.Stanza) proxy.Action {
			if s.From == proxy.Client {
				if seen++; seen == n {
					return action
				}
			}
			return proxy.Forward
		}
	}
}

// atWrite hits the first stanza that would change something, once.
func atWrite(action proxy.Action) decision {
	return func() func(proxy.Stanza) proxy.Action {
		hit := false
		return func(s proxy.Stanza) proxy.Action {
			if s.From == proxy.Client && s.Writes() && !hit {
				hit = true
				return action
			}
			return proxy.Forward
		}
	}
}

// silentAfter lets the server give so many answers and no more.
func silentAfter(answers int) decision {
	return func() func(proxy.Stanza) proxy.Action {
		given := 0
		return func(s proxy.Stanza) proxy.Action {
			if s.From == proxy.Server {
				if given++; given > answers {
					return proxy.Stall
				}
			}
			return proxy.Forward
		}
	}
}

// silentAtWrite lets the server say nothing once it was asked to change something.
func silentAtWrite() decision {
	return func() func(proxy.Stanza) proxy.Action {
		written := false
		return func(s proxy.Stanza) proxy.Action {
			switch {
			case s.From == proxy.Client && s.Writes():
				written = true
			case s.From == proxy.Server && written:
				return proxy.Stall
			}
			return proxy.Forward
		}
	}
}
