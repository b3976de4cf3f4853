package handlers

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/bundle"
	"ekuiper-console/core/schedule"
	"ekuiper-console/core/secret"
	"ekuiper-console/core/transfer"
	"ekuiper-console/core/vault"
)

// revisionText names a revision in the audit log.
func revisionText(n int64) string { return fmt.Sprintf("revision %d", n) }

// backupID reads the number of a backup in the path.
func backupID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(param(r, "id"), 10, 64)
	if err != nil || id < 1 {
		return 0, core.Errorf(core.NotFound, "there is no backup %s", param(r, "id"))
	}
	return id, nil
}

// backupsV1 is GET /api/v1/backups, and /api/v1/nodes/{name}/backups for those of one node:
// the newest first, a page of which ends before the id that the next one is asked for with.
func (s *Server) backupsV1(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "before", "limit")
	if err != nil {
		return err
	}
	limit, err := q.number("limit", 50, 1, 1000)
	if err != nil {
		return err
	}
	before, err := q.number("before", 0, 1, math.MaxInt)
	if err != nil {
		return err
	}
	all, err := s.Vault.List(r.Context(), callerOf(r), vault.Query{Node: param(r, "name"), Before: int64(before), Limit: limit})
	return ok(w, append([]vault.Backup{}, all...), err)
}

// makeBackupV1 is POST /api/v1/nodes/{name}/backups.
func (s *Server) makeBackupV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Note string `json:"note"`
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	var b vault.Backup
	err := bounded(r, param(r, "name"), func(ctx context.Context) (err error) {
		b, err = s.Vault.Make(ctx, callerOf(r), param(r, "name"), body.Note)
		return err
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, b)
	return nil
}

// oneBackupV1 is GET /api/v1/backups/{id}.
func (s *Server) oneBackupV1(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	b, err := s.Vault.Backup(r.Context(), callerOf(r), id)
	return ok(w, b, err)
}

// changeBackupV1 is PATCH /api/v1/backups/{id}: what is not said stays.
func (s *Server) changeBackupV1(w http.ResponseWriter, r *http.Request) error {
	var body vault.Change
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	id, err := backupID(r)
	if err != nil {
		return err
	}
	b, err := s.Vault.Change(r.Context(), callerOf(r), id, body)
	return ok(w, b, err)
}

// removeBackupV1 is DELETE /api/v1/backups/{id}.
func (s *Server) removeBackupV1(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	return gone(w, s.Vault.Remove(r.Context(), callerOf(r), id))
}

// backupBundle is GET /api/v1/backups/{id}/bundle, and the same of the pages: the document,
// as a file.
func (s *Server) backupBundle(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "secrets")
	if err != nil {
		return err
	}
	masked, err := q.flag("secrets", "masked")
	if err != nil {
		return err
	}
	id, err := backupID(r)
	if err != nil {
		return err
	}
	b, document, err := s.Vault.Document(r.Context(), callerOf(r), id)
	if err != nil {
		return err
	}
	r = withNode(r, b.Node)
	if err := s.recordExport(r, transfer.ExportRequest{Masked: masked}, fmt.Sprintf("backup %d", id)); err != nil {
		return err
	}
	if masked {
		if document, err = maskedDocument(document); err != nil {
			return err
		}
	}
	s.download(w, r, document, asJSON, fmt.Sprintf("backup-%d", id))
	return nil
}

// maskedDocument returns a document with dots in place of its secrets.
func maskedDocument(document []byte) ([]byte, error) {
	b, _, err := bundle.Decode(document)
	if err != nil {
		return nil, err
	}
	return secret.MaskBundle(b).MarshalJSON()
}

// restoreBackupV1 is POST /api/v1/backups/{id}/restore: a node, which need not be the one
// that was backed up, is to hold what the backup has and nothing else.
func (s *Server) restoreBackupV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		restoreBody
		To string `json:"to"` // the node; the one that was backed up where none is named
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	id, err := backupID(r)
	if err != nil {
		return err
	}
	b, document, err := s.Vault.Document(r.Context(), callerOf(r), id)
	if err != nil {
		return err
	}
	if body.To == "" {
		body.To = b.Node
	}
	if err := s.Live.Known(r.Context(), body.To); err != nil {
		return err
	}
	r = withNode(r, body.To)
	if !body.DryRun {
		if err := s.record(r, audit.BackupRestore, body.To, b.String()); err != nil {
			return err
		}
	}
	req := transfer.Request{Node: body.To, Restores: b.Restores(body.To), Note: "brings back " + b.String()}
	if req.Restores == 0 {
		if req.Document, err = transfer.Held(document, b.Node, body.To); err != nil {
			return err
		}
	}
	return s.answerRestore(w, r, body.over(req), body.restoreBody)
}

// schedulesV1 is GET /api/v1/schedules: that of all nodes first, each with what failed of it.
func (s *Server) schedulesV1(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Book.Overview(r.Context(), callerOf(r))
	return ok(w, all, err)
}

// putScheduleV1 is PUT /api/v1/schedules: what is not said is as it counts for the node now.
func (s *Server) putScheduleV1(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Node string `json:"node"`
		schedule.Change
	}
	if err := s.readStrict(w, r, &body); err != nil {
		return err
	}
	one, err := s.Book.Change(r.Context(), callerOf(r), body.Node, body.Change)
	return ok(w, one, err)
}

// removeScheduleV1 is DELETE /api/v1/schedules/{name}: from then on the node has the
// schedule of all.
func (s *Server) removeScheduleV1(w http.ResponseWriter, r *http.Request) error {
	return gone(w, s.Book.Remove(r.Context(), callerOf(r), param(r, "name")))
}
