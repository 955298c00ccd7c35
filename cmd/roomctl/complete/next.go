package complete

import (
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// next is what may come now. word is what is typed of it already.
func (s *state) next(word string) Answer {
	name, _, withValue := strings.Cut(word, "=")
	switch {
	case s.value != nil:
		return s.values(s.value)
	case s.ended:
		return s.arguments()
	case strings.HasPrefix(word, "--") && withValue:
		f := find(s.flags, strings.TrimLeft(name, "-"))
		if f == nil {
			return Answer{}
		}
		answer := s.values(f)
		for i := range answer.Candidates {
			answer.Candidates[i].Word = name + "=" + answer.Candidates[i].Word
		}
		return answer
	case strings.HasPrefix(word, "-"):
		return Answer{Candidates: s.flagNames()}
	}
	answer := s.arguments()
	for _, c := range s.commands {
		if !c.Hidden && !slices.ContainsFunc(answer.Candidates, func(other Candidate) bool { return other.Word == c.Name }) {
			answer.Candidates = append(answer.Candidates, Candidate{c.Name, c.Usage})
		}
	}
	if len(answer.Candidates) == 0 && !answer.Files && word == "" {
		answer.Candidates = s.flagNames() // there is nothing else to type
	}
	return answer
}

// flagNames are the flags that may still be given.
func (s *state) flagNames() []Candidate {
	var list []Candidate
	for _, f := range append(slices.Clone(s.flags), cli.HelpFlag) {
		name := f.Names()[0]
		visible, isVisible := f.(cli.VisibleFlag)
		again, isList := f.(cli.DocGenerationSliceFlag)
		switch {
		case isVisible && !visible.IsVisible():
		case slices.Contains(s.given, name) && !(isList && again.IsSliceFlag()):
		case slices.ContainsFunc(list, func(c Candidate) bool { return c.Word == "--"+name }):
		default:
			list = append(list, Candidate{"--" + name, strings.ReplaceAll(usageOf(f), "`", "")})
		}
	}
	return list
}

// choices find the words of "a guard: this, that or another" at the end of a
// flag's explanation.
var choices = regexp.MustCompile(`: ((?:[a-z]+, )*[a-z]+ or [a-z]+)$`)

// quoted finds what the explanation of a flag calls its value.
var quoted = regexp.MustCompile("`([^`]+)`")

// values are what a flag can be set to.
func (s *state) values(f cli.Flag) Answer {
	usage := usageOf(f)
	if m := choices.FindStringSubmatch(usage); m != nil {
		var list []Candidate
		for _, word := range strings.Split(strings.ReplaceAll(m[1], " or ", ", "), ", ") {
			list = append(list, Candidate{Word: word})
		}
		return Answer{Candidates: list}
	}
	if m := quoted.FindStringSubmatch(usage); m != nil {
		return s.placeholder(m[1])
	}
	return Answer{}
}

// Of a usage text such as "roomctl rooms retire NAME… [--why TEXT]", these are the
// flags with their values, and the placeholders.
var (
	flagged      = regexp.MustCompile(`--[a-z-]+(?: [A-Z][A-Z-]*)?`)
	placeholders = regexp.MustCompile(`[A-Z][A-Z-]*`)
)

// taken are the placeholders of what the command takes beside flags.
func (s *state) taken() []string {
	return placeholders.FindAllString(flagged.ReplaceAllString(s.usage, ""), -1)
}

// arguments are what the command takes beside flags, and was not given yet.
func (s *state) arguments() Answer {
	var all Answer
	for _, name := range s.taken() {
		one := s.placeholder(name)
		all.Candidates = append(all.Candidates, one.Candidates...)
		all.Files = all.Files || one.Files
	}
	all.Candidates = slices.DeleteFunc(all.Candidates, func(c Candidate) bool { return slices.Contains(s.words, c.Word) })
	return all
}

// placeholder is what a placeholder stands for.
func (s *state) placeholder(name string) Answer {
	if name == "FILE" || name == "DIR" {
		return Answer{Files: true}
	}
	if source := s.Sources[name]; source != nil {
		return Answer{Candidates: source(func(option string) string { return s.options[option] })}
	}
	return Answer{}
}

func find(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	described, ok := f.(cli.DocGenerationFlag)
	return ok && described.TakesValue()
}

func usageOf(f cli.Flag) string {
	described, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return ""
	}
	return described.GetUsage()
}
