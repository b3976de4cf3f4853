package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ekuiper-console/core/bundle"
)

const reportSQL = `select document from reports where node = ?`

// Report returns the errors of the last import into a node. It is empty when there
// were none, and when there was no import.
func (db *DB) Report(ctx context.Context, node string) (*bundle.Bundle, error) {
	report := &bundle.Bundle{}
	var document string
	err := db.readers.QueryRowContext(ctx, reportSQL, node).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return report, nil
	}
	if err == nil {
		err = report.UnmarshalJSON([]byte(document))
	}
	if err != nil {
		return nil, fault(ctx, err, "reading the report of node %s", node)
	}
	return report, nil
}

// Record stores the report of an import that wrote nothing else.
func (db *DB) Record(ctx context.Context, node string, report *bundle.Bundle) error {
	document, err := encodeReport(report)
	if err != nil {
		return err
	}
	return db.write(ctx, func(t *sql.Tx) error { return putReport(ctx, t, node, document) })
}

// encodeReport returns the stored form of a report; nil is an empty one.
func encodeReport(report *bundle.Bundle) (string, error) {
	if report == nil {
		report = &bundle.Bundle{}
	}
	document, err := report.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("encoding the report: %w", err)
	}
	return string(document), nil
}

const putReportSQL = `
insert into reports (node, document) values (?, ?)
on conflict (node) do update set document = excluded.document`

func putReport(ctx context.Context, t *sql.Tx, node, document string) error {
	_, err := t.ExecContext(ctx, putReportSQL, node, document)
	return fault(ctx, err, "writing the report of node %s", node)
}
