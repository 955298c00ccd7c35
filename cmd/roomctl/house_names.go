package main

import (
	"fmt"
	"regexp"
	"text/template"

	"roomctl/config"
	"roomctl/provisioner"
)

// sessionRules are the rules of rooms.sessions as package provisioner takes them.
func sessionRules(list []config.SessionRule) ([]provisioner.SessionRule, error) {
	var rules []provisioner.SessionRule
	for i, r := range list {
		key := fmt.Sprintf("rooms.sessions[%d]", i+1)
		rule := provisioner.SessionRule{Group: r.Group, Type: r.Type, Purpose: r.Purpose}
		var err error
		if r.Name != "" {
			if rule.Name, err = regexp.Compile("(?i)" + r.Name); err != nil {
				return nil, fmt.Errorf("%s.name: %w", key, err)
			}
		}
		room, err := nameTemplates(key+".room", []string{r.Room})
		if err != nil {
			return nil, err
		}
		rule.Room = room[0]
		rules = append(rules, rule)
	}
	return rules, nil
}

// nameTemplates are the templates of rooms' names that stand under one key.
func nameTemplates(key string, texts []string) ([]*template.Template, error) {
	var templates []*template.Template
	for _, text := range texts {
		t, err := template.New(key).Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		templates = append(templates, t)
	}
	return templates, nil
}
