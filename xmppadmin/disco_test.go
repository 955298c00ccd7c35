package xmppadmin

import (
	"fmt"
	"testing"

	"roomctl/xmppadmin/xmpptest"
)

func TestDiscoInfoOfAService(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	s := loginTo(t, plainOptions(srv))
	i, err := s.discoInfo(t.Context(), address(t, "conference.localhost"), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := i.identity("conference", "text"); !ok || !i.has(nsMUC) || i.has("urn:example:nothing") {
		t.Errorf("the service is %+v", i)
	}
}

func TestDiscoInfoHasExtendedForms(t *testing.T) {
	r := parseStanza(t, `<iq type="result"><query xmlns="`+nsDiscoInfo+`"><feature var="muc_open"/><identity category="conference" type="text" name="QUIC" xml:lang="en"/>`+
		`<x xmlns="jabber:x:data" type="result"><field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#roominfo</value></field>`+
		`<field var="muc#roominfo_occupants"><value>3</value></field></x></query></iq>`)
	var q infoQuery
	if err := r.decode(&q); err != nil {
		t.Fatal(err)
	}
	i := q.info()
	if id, ok := i.identity("conference", "text"); !ok || id.Name != "QUIC" {
		t.Errorf("the identity is %+v", id)
	}
	f := i.form("http://jabber.org/protocol/muc#roominfo")
	if f == nil {
		t.Fatal("no form")
	}
	if n, _ := f.text("muc#roominfo_occupants"); n != "3" {
		t.Errorf("%q occupants", n)
	}
	if i.form("urn:example:nothing") != nil {
		t.Error("found a form that is not there")
	}
}

func TestAnswerOfTheWrongKindIsAnError(t *testing.T) {
	srv := startServer(t, xmpptest.Options{})
	s := loginTo(t, plainOptions(srv))
	var wrong itemsQuery
	err := s.query(t.Context(), "get", address(t, "conference.localhost"), infoQuery{}, &wrong)
	if err == nil {
		t.Error("a disco#info answer was taken for disco#items")
	}
}

// makeRooms makes public rooms without the wire.
func makeRooms(srv *xmpptest.Server, n int) {
	for i := range n {
		srv.PutRoom(xmpptest.Room{Name: fmt.Sprintf("room%03d", i), Config: map[string]string{
			xmpptest.FieldPublic: "1", xmpptest.FieldPersistent: "1",
		}})
	}
}

func FuzzDisco(f *testing.F) {
	f.Add(`<query xmlns="http://jabber.org/protocol/disco#info"><feature var="x"/><identity category="c" type="t"/><x xmlns="jabber:x:data"><field var="FORM_TYPE"><value>y</value></field></x></query>`)
	f.Add(`<query xmlns="http://jabber.org/protocol/disco#items"><item jid="a@b" name="x"/><set xmlns="http://jabber.org/protocol/rsm"><first index="0">a</first><last>a</last><count>1</count></set></query>`)
	f.Add(`<query xmlns="http://jabber.org/protocol/disco#items"><set xmlns="http://jabber.org/protocol/rsm"><count>-1</count></set></query>`)
	f.Fuzz(func(t *testing.T, inner string) {
		r, err := parse(`<iq type="result">` + inner + `</iq>`)
		if err != nil {
			return // the session would have ended
		}
		var q infoQuery
		if r.decode(&q) == nil {
			i := q.info()
			i.form(nsMUC)
			i.identity("conference", "text")
		}
		var page itemsQuery
		if r.decode(&page) != nil {
			return
		}
		var p pages
		for p.add(page) && len(p.items) == len(page.Items) {
			// a second time: every item is then a repetition
		}
		if p.complete() && len(p.items) != p.total {
			t.Fatalf("complete with %d of %d items", len(p.items), p.total)
		}
	})
}
