package main

import "augur"

// The exit statuses that no code of an error stands for.
const (
	exitInternal = 1
	exitUsage    = 2
)

// exitStatuses maps every augur.Code; a test holds it against the full list.
// 1 is what nobody foresaw, 2 is the shell's own word for wrong usage, and 130
// is what a shell says of a program that was interrupted.
var exitStatuses = map[augur.Code]int{
	augur.Internal:           exitInternal,
	augur.InvalidArgument:    exitUsage,
	augur.NotFound:           3,
	augur.AlreadyExists:      4,
	augur.FailedPrecondition: 5,
	augur.Aborted:            6,
	augur.Unauthenticated:    7,
	augur.PermissionDenied:   8,
	augur.ResourceExhausted:  9,
	augur.DeadlineExceeded:   10,
	augur.Unavailable:        11,
	augur.Unimplemented:      12,
	augur.Canceled:           130,
}

func exitStatus(err error) int { return exitStatuses[augur.CodeOf(err)] }
