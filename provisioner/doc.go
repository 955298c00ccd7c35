// Package provisioner keeps the chat rooms true to the Datatracker. Sync is the
// whole of it and reads as one line:
//
//	poll      what the Datatracker says            -> Snapshot
//	desire    the rooms there should be            -> Desired    (pure)
//	observe   the rooms there are                  -> Observed
//	plan      what would make them the same        -> []Change   (pure)
//	guard     withhold what smells like bad input  -> Guarded    (pure)
//	apply     carry out what is left               -> []Result
//	verify    observe again; the plan must be empty
//	publish   link each session to its room, if the room is fit
//
// Then, if it is asked to, it tells the Datatracker itself where sessions that
// are linked belong (WriteBackForm).
//
// Preview walks the same line up to guard with types that cannot write.
// Republish takes the last step alone, by what is known already.
//
// Two rules stand behind every decision. Unknown is never absent: a read that
// failed changes nothing about its room. And nothing leaves service without
// positive evidence: the Datatracker's word that a group is over, or a person's.
package provisioner
