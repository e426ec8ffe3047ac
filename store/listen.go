package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// How long Listen waits before it connects again: first, and at most.
const (
	firstReconnect = 100 * time.Millisecond
	maxReconnect   = 5 * time.Second
)

// Listen calls f with every notice on a channel of PostgreSQL, one at a time,
// until ctx is done; on SQLite it returns at once. What is sent while the
// connection is cut is missed.
func (s *Store) Listen(ctx context.Context, channel string, f func(notice string)) {
	if s.pool == nil {
		return
	}
	wait := firstReconnect
	for ctx.Err() == nil {
		if s.listen(ctx, channel, f) {
			wait = firstReconnect
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, maxReconnect)
	}
}

// listen returns when the connection is cut, and whether there was one.
func (s *Store) listen(ctx context.Context, channel string, f func(notice string)) bool {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return false
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return false
	}
	for {
		notice, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true
		}
		f(notice.Payload)
	}
}
