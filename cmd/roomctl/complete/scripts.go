package complete

import "embed"

// scripts say to a shell how to ask. What they run is the command "complete",
// which prints what Lines gives.
//
//go:embed scripts/roomctl.*
var scripts embed.FS

// Shells are those that there is a script for.
func Shells() []string { return []string{"bash", "fish", "zsh"} }

// Script is the script of a shell; false: there is none.
func Script(shell string) (string, bool) {
	text, err := scripts.ReadFile("scripts/roomctl." + shell)
	return string(text), err == nil
}

// filesLine stands for all names of files. No word begins with a colon.
const filesLine = ":files\n"

// Lines is an answer as the scripts read it: a candidate a line, with a tab
// before its explanation.
func (a Answer) Lines() string {
	if a.Files {
		return filesLine
	}
	text := ""
	for _, c := range a.Candidates {
		text += c.Word + "\t" + c.About + "\n"
	}
	return text
}
