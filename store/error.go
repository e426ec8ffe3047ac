package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	"augur"
	"augur/ent"

	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// Error gives an error of ent or of the database its code, with a text that
// says nothing of tables. An *augur.Error and a context's error keep theirs. It
// returns nil for nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*augur.Error](err); ok {
		return e
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return augur.AsError(err)
	case ent.IsNotFound(err):
		return augur.Wrap(augur.NotFound, err, "not found")
	case Taken(err):
		return augur.Wrap(augur.AlreadyExists, err, "something of this name exists already")
	case retryable(err):
		return augur.Wrap(augur.Aborted, err, "others changed the same things at the same time; try again")
	case referred(err):
		return augur.Wrap(augur.FailedPrecondition, err, "something that this refers to is gone, or something refers to this")
	case badText(err):
		return augur.Wrap(augur.InvalidArgument, err, "a text holds a NUL character, which the database cannot store")
	case unavailable(err):
		e := augur.Wrap(augur.Unavailable, err, "the database does not answer")
		e.RetryAfter = retryAfter
		return e
	default:
		return augur.Wrap(augur.Internal, err, "internal error")
	}
}

// retryAfter is what callers are told to wait for a database that is away: a
// restart takes seconds.
const retryAfter = time.Second

// readingDriver is ent's driver of the reader, whose errors reach transports as
// they are: an outage must not look like a fault of the server's own.
type readingDriver struct{ *entsql.Driver }

// Query of dialect.ExecQuerier.
func (d readingDriver) Query(ctx context.Context, query string, args, v any) error {
	err := d.Driver.Query(ctx, query, args, v)
	if err != nil && unavailable(err) {
		return Error(err)
	}
	return err
}

// Taken says whether a unique index refused a row.
func Taken(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	if lite, ok := errors.AsType[sqlite3.Error](err); ok {
		return lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	return false
}

// referred says whether a foreign key refused a change.
func referred(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23503"
	}
	lite, ok := errors.AsType[sqlite3.Error](err)
	return ok && lite.ExtendedCode == sqlite3.ErrConstraintForeignKey
}

// badText says whether PostgreSQL refused a NUL in a text or in JSON.
func badText(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "22021" || pg.Code == "22P05")
}

// unavailable says whether the database cannot be reached or cannot serve now.
func unavailable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := pg.Code[:min(2, len(pg.Code))]
		return class == "08" || class == "53" || class == "57" || // connection, resources, operator
			pg.Code == "58030" || pg.Code == "25006" // a disk that errs; read-only, as a standby is and many a full one
	}
	if lite, ok := errors.AsType[sqlite3.Error](err); ok {
		return lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked || lite.Code == sqlite3.ErrFull || lite.Code == sqlite3.ErrIoErr
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[*net.OpError](err)
	return connecting || network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
}

// busy says whether SQLite found the file locked by another connection.
func busy(err error) bool {
	lite, ok := errors.AsType[sqlite3.Error](err)
	return ok && (lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked)
}
