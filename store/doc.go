// Package store opens the record: SQLite in a file, or PostgreSQL by URL. It
// holds two clients. The reader cannot write, by the database's own setting, so
// that "every write goes through registry" holds by construction. The writer
// runs one transaction at a time on SQLite, which has one writer anyway, and
// several on PostgreSQL. Migrations are the versioned files of ent/migrate,
// applied at open.
//
// It may import augur and ent. Start reading at store.go.
package store
