package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Begun is the transaction of Tx as the database's own driver knows it, for
// what ent does not write but must be committed with it: jobs.
type Begun struct {
	// SQLite is set on SQLite, and Postgres on PostgreSQL.
	SQLite   *sql.Tx
	Postgres pgx.Tx
}

type begunKey struct{}

// BegunIn returns the transaction that the function given to Tx runs in, and nil
// for a context of anything else. It must not be used after that function has
// returned, nor while rows of a query of the transaction are open.
func BegunIn(ctx context.Context) *Begun {
	b, _ := ctx.Value(begunKey{}).(*Begun)
	return b
}

// writingDriver is ent's driver of the writer. What it begins it writes into the
// context's Begun. On PostgreSQL pgx begins the transaction, since River speaks
// only to pgx there, and ent runs on the same connection.
type writingDriver struct{ *entsql.Driver }

// Tx begins a transaction.
func (d writingDriver) Tx(ctx context.Context) (dialect.Tx, error) {
	begun := BegunIn(ctx)
	if begun == nil {
		return d.Driver.Tx(ctx)
	}
	if d.Dialect() == dialect.Postgres {
		return d.beginPostgres(ctx, begun)
	}
	tx, err := d.DB().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	begun.SQLite = tx
	return &entsql.Tx{Conn: entsql.Conn{ExecQuerier: tx}, Tx: tx}, nil
}

// maxBegins bounds how many connections that have died in the pool, as all do
// when PostgreSQL restarts, one transaction meets.
const maxBegins = 10

func (d writingDriver) beginPostgres(ctx context.Context, begun *Begun) (dialect.Tx, error) {
	for attempt := 1; ; attempt++ {
		c, err := d.DB().Conn(ctx)
		if err != nil {
			return nil, err
		}
		var raw *pgx.Conn
		err = c.Raw(func(driver any) error {
			raw = driver.(*stdlib.Conn).Conn()
			begun.Postgres, err = raw.Begin(ctx)
			return err
		})
		if err == nil {
			tx := &postgresTx{ctx: ctx, tx: begun.Postgres, raw: raw, conn: c}
			return &entsql.Tx{Conn: entsql.Conn{ExecQuerier: c}, Tx: tx}, nil
		}
		dead := raw != nil && raw.IsClosed()
		err = errors.Join(err, ignoreDone(c.Close()))
		if !dead || ctx.Err() != nil || attempt == maxBegins {
			return nil, err
		}
	}
}

// postgresTx ends a transaction of pgx and gives its connection back to the pool.
type postgresTx struct {
	ctx  context.Context
	tx   pgx.Tx
	raw  *pgx.Conn
	conn *sql.Conn
}

// Commit of driver.Tx.
func (t *postgresTx) Commit() error {
	err := t.tx.Commit(t.ctx)
	return errors.Join(err, ignoreDone(t.conn.Close()))
}

// rollbackTimeout bounds how long a rollback may take once nobody waits for it.
const rollbackTimeout = 5 * time.Second

// Rollback of driver.Tx. A connection that is gone has taken the transaction along.
func (t *postgresTx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), rollbackTimeout)
	defer cancel()
	err := t.tx.Rollback(ctx)
	if t.raw.IsClosed() || errors.Is(err, pgx.ErrTxClosed) {
		err = nil
	}
	return errors.Join(err, ignoreDone(t.conn.Close()))
}

// ignoreDone leaves out that a connection was given back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}
