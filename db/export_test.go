package db

import "database/sql"

// Writer returns the connection that writes, for tests that get in its way.
func (db *DB) Writer() *sql.DB { return db.writer }

// Drain does something time and again, until the function it returns is called.
var Drain = drain
