// Package registry remembers, in one SQLite file, which rooms are ours, why,
// what was last verified about them, what is published, and every change that
// was ever made to them.
//
// The way of the data through the files:
//
//	open.go      open the file, unless inspect.go finds it damaged, or another's
//	create.go    make it, where there is none
//	migrate.go   bring an earlier schema to this one
//	load.go      the file -> State, with decisions.go, events.go and flaps.go
//	write.go     what is to be remembered -> the file, each time in one transaction
//	trail.go     the audit trail: runs, and the changes that they made
//	said.go      what was said and shown in rooms, and of what operators were told
//
// column.go turns times and lists into columns and back, fault.go says what an
// error of SQLite means for a person.
package registry
