package store

import (
	"context"
	"database/sql/driver"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// sqliteConnector opens connections of one data source name on which lower()
// knows every letter. SQLite's own knows those of ASCII alone, so that a search
// that does not care for case would miss "Übersicht" there and find it on
// PostgreSQL.
type sqliteConnector string

// Connect opens one connection.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open(string(c))
}

// Driver is mattn's, with our function.
func (sqliteConnector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		return conn.RegisterFunc("lower", lower, true)
	}}
}

// lower leaves what is no text, such as NULL, as it is.
func lower(v any) any {
	if text, ok := v.(string); ok {
		return strings.ToLower(text)
	}
	return v
}
