package inference

import (
	"context"

	"augur"
)

// named is req with the subject that stands first among the places of the
// configuration. The caller's request is not changed.
func (e *Engine) named(ctx context.Context, req *augur.Request) *augur.Request {
	for _, place := range e.cfg.Subjects {
		subject := ""
		switch place {
		case SubjectInput:
			subject = req.Subject
		case SubjectHeader:
			subject = augur.UserIDFrom(ctx)
		case SubjectPrincipal:
			subject = subjectOf(ctx, augur.SubjectPrincipal, req)
		}
		switch subject {
		case "":
		case req.Subject:
			return req
		default:
			with := *req
			with.Subject = subject
			return &with
		}
	}
	if req.Subject == "" {
		return req
	}
	without := *req // a server that does not believe its input
	without.Subject = ""
	return &without
}
