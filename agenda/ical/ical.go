// Package ical reads and writes iCalendar streams (RFC 5545, with the
// properties of RFC 7986): a generic model, an encoder, a decoder, time zones,
// and the filters that the Datatracker has for its calendars.
//
// It is here because the libraries for it either do not fold lines, or write a
// parameter with a colon so that most calendar programs lose the property's
// value.
package ical

// MediaType is the media type of what Encode gives (RFC 5545 section 8.1).
const MediaType = "text/calendar; charset=utf-8"

// Component is one component: a calendar, an event, a time zone.
type Component struct {
	Name       string // VCALENDAR, VEVENT, …
	Properties []Property
	Components []Component
}

// Property is one content line.
type Property struct {
	Name   string // in upper case
	Params []Param

	// Value is what stands on the line: text is escaped (AddText does that).
	Value string
}

// Param is one parameter of a property.
type Param struct {
	Name   string // in upper case
	Values []string
}

// Add appends a property with a value that is no text: a date, a URI, a number.
func (c *Component) Add(name, value string, params ...Param) {
	c.Properties = append(c.Properties, Property{Name: name, Params: params, Value: value})
}

// AddText appends a property whose value is text. An empty text adds nothing.
func (c *Component) AddText(name, text string) {
	if text != "" {
		c.Add(name, escapeText(text))
	}
}

// Property is the component's first property of that name.
func (c Component) Property(name string) (Property, bool) {
	for _, p := range c.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// Param is the first value of the parameter of that name, "" when there is none.
func (p Property) Param(name string) string {
	for _, param := range p.Params {
		if param.Name == name && len(param.Values) > 0 {
			return param.Values[0]
		}
	}
	return ""
}
