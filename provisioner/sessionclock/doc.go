// Package sessionclock makes the subjects of rooms follow their sessions: while
// one is on, roomctl is an occupant of its room, and the subject tells what it is,
// until when, and where the agenda is. At its end the subject comes back that was
// there before, and roomctl leaves.
//
// Which sessions are on, and what follows from what is seen in a room, is decided
// by pure functions: Schedule and decide. What was set is in the registry
// (registry.Showing), so that a clock that starts in the middle of a session, or
// after one, goes on where the one before it was cut off.
//
// The way of a subject through the files:
//
//	clock.go     Step: what the last run linked, and the time
//	schedule.go  the rooms in which sessions are on         -> []Show    (pure)
//	visit.go     of all rooms, those where something is due -> []*visit
//	act.go       enter them
//	decide.go    what is to be done by what is seen there   -> move      (pure)
//	rows.go      note it in the registry
//	act.go       set the subjects, leave the rooms where all is over
//	trouble.go   tell what failed, and try it again later
package sessionclock
