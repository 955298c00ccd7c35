// Package announce says in rooms when their sessions begin, and that they are
// moved or do not take place; and it carries a person's word into rooms or to
// everybody who is online.
//
// What is to be said is decided by pure functions, of the agenda and of what the
// registry remembers. The registry has a row for every announcement before it is
// sent, and rows of kind planned for when sessions were last seen to take place:
// so that a session which moves while roomctl is not running is told as moved,
// and one which is seen for the first time is not.
//
// The way of an announcement through the files:
//
//	announcer.go     Step: what the last run linked, what was said, and the time
//	announcement.go  what there is to say by the time of day  -> []Announcement  (pure)
//	changed.go       what was moved or cancelled              -> []Announcement  (pure)
//	text.go          its words
//	announcer.go     note it in the registry, send it, note what became of it
//
// A person's word takes a way of its own: order.go.
package announce
