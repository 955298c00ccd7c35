package xmppadmin

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestParseAffiliations(t *testing.T) {
	for _, c := range []struct {
		name           string
		lines          []string
		owners, admins []string
	}{
		{"version 3", []string{"chair@example.org : admin : ", "roomctl@localhost : owner : "}, []string{"roomctl@localhost"}, []string{"chair@example.org"}},
		{"version 2", []string{"roomctl : localhost : owner : ", "chair : example.org : admin : the chair : really"}, []string{"roomctl@localhost"}, []string{"chair@example.org"}},
		{"a whole host", []string{"example.org : owner : ", " : example.net : admin : "}, []string{"example.org"}, []string{"example.net"}},
		{"a reason that looks like an entry", []string{"a@example.org : member : owner : ", "b@example.org : owner : x : owner : y"}, []string{"b@example.org"}, nil},
		{"other affiliations", []string{"a@b : member : ", "c@d : outcast : spam", "e@f : none : "}, nil, nil},
		{"twice the same", []string{"A@B : owner : ", "a@b : owner : "}, []string{"a@b"}, nil},
		{"nobody", []string{""}, nil, nil},
		{"nonsense", []string{"owner", " : ", " : owner", "::", "a : b : c : d"}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			owners, admins := parseAffiliations(c.lines)
			if owners == nil || admins == nil {
				t.Error("a list that was read is nil")
			}
			if !slices.Equal(owners, c.owners) || !slices.Equal(admins, c.admins) {
				t.Errorf("owners %q, admins %q; want %q, %q", owners, admins, c.owners, c.admins)
			}
		})
	}
}

func TestParseOptions(t *testing.T) {
	got := parseOptions([]string{"title:QUIC: https://example.org/", "description:", "logging:true", "captcha_whitelist:{0,nil}", "", "nonsense"})
	want := map[string]string{"title": "QUIC: https://example.org/", "description": "", "logging": "true", "captcha_whitelist": "{0,nil}"}
	if !maps.Equal(got, want) {
		t.Errorf("read as %q, want %q", got, want)
	}
}

func TestFillArguments(t *testing.T) {
	arguments := map[string][]string{"room": {"quic"}, "service": {"chat.example"}}
	for _, c := range []struct {
		name  string
		asked []string
		want  map[string]string // nil: refused
	}{
		{"version 3 calls it room", []string{"room", "service"}, map[string]string{"room": "quic", "service": "chat.example"}},
		{"version 2 calls it name", []string{"name", "service"}, map[string]string{"name": "quic", "service": "chat.example"}},
		{"a form that lacks an argument", []string{"room"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := new(form)
			for _, name := range c.asked {
				asked.Fields = append(asked.Fields, field{Var: name})
			}
			filled, err := fillArguments(asked, arguments)
			if (err == nil) != (c.want != nil) {
				t.Fatalf("the error is %v", err)
			}
			if got := filledValues(filled); !maps.Equal(got, c.want) {
				t.Errorf("filled in as %v, want %v", got, c.want)
			}
		})
	}
}

func TestCreationError(t *testing.T) {
	room := address(t, "quic@chat.example")
	for _, c := range []struct {
		text string
		want error
	}{
		{"Error 400 Room already exists", ErrExists},
		{"Error 403 AccessRules: Account does not have the right to perform the operation.", ErrNotPermitted},
	} {
		err := creationError(&CommandError{Node: apiCreateRoom, To: "localhost", Text: c.text}, room)
		if !errors.Is(err, c.want) {
			t.Errorf("%q is %v", c.text, err)
		}
	}
	err := creationError(&CommandError{Text: "Error 500 internal_error"}, room)
	if errors.Is(err, ErrExists) || errors.Is(err, ErrNotPermitted) {
		t.Errorf("another failure is %v", err)
	}
}

func TestCreationOptionsCarryNoColon(t *testing.T) {
	c := ejabberdCommands{ejabberd: ejabberd{generic{&link{account: address(t, "roomctl@localhost")}}}}
	spec := Spec{Values: map[Field]string{
		FieldName: "a:b", FieldDescription: "plain", FieldLanguage: "en",
		FieldPersistent: "true", FieldPublic: "true", FieldLogging: "true",
	}}
	for _, prove := range []bool{false, true} {
		options, later := c.creationOptions(spec, prove)
		wantLater := map[Field]string{FieldName: "a:b", FieldDescription: "plain"}
		logging := "logging:true"
		if prove {
			wantLater[FieldLogging] = "true"
			logging = "logging:false"
		}
		if !maps.Equal(later, wantLater) {
			t.Errorf("prove %v: set later %v, want %v", prove, later, wantLater)
		}
		for _, want := range []string{"affiliations:owner=roomctl@localhost", "persistent:true", "public:true", "lang:en", "moderated:false", logging} {
			if !slices.Contains(options, want) {
				t.Errorf("prove %v: %q lacks %q", prove, options, want)
			}
		}
		for _, option := range options {
			if strings.Count(option, ":") != 1 {
				t.Errorf("%q does not have one colon", option)
			}
		}
	}
}

// FuzzAffiliations: no line makes the parser panic or give nil.
func FuzzAffiliations(f *testing.F) {
	f.Add("chair@example.org : admin : ")
	f.Add("roomctl : localhost : owner : a : b")
	f.Fuzz(func(t *testing.T, line string) {
		owners, admins := parseAffiliations([]string{line})
		if owners == nil || admins == nil || len(owners)+len(admins) > 1 {
			t.Errorf("%q: owners %q, admins %q", line, owners, admins)
		}
		parseOptions([]string{line})
	})
}
