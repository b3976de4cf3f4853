package handlers

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"ekuiper-console/core"
	"ekuiper-console/core/audit"
	"ekuiper-console/core/plan"
	"ekuiper-console/core/transfer"
	"ekuiper-console/core/vault"
	"ekuiper-console/web/views"
)

// backupsPerPage is how many backups a page lists.
const backupsPerPage = 50

// backupsPage is GET /ui/backups.
func (s *Server) backupsPage(w http.ResponseWriter, r *http.Request) error {
	before, _ := strconv.ParseInt(value(r, "before"), 10, 64)
	return s.showBackups(w, r, http.StatusOK, vault.Query{Node: value(r, "node"), Before: max(before, 0)}, views.BackupsPage{})
}

func (s *Server) showBackups(w http.ResponseWriter, r *http.Request, status int, q vault.Query, p views.BackupsPage) error {
	p.Layout, p.Of = s.layout(r), q.Node
	q.Limit = backupsPerPage + 1
	var err error
	if p.Backups, err = s.Vault.List(r.Context(), callerOf(r), q); err != nil {
		return err
	}
	if len(p.Backups) > backupsPerPage {
		p.Backups = p.Backups[:backupsPerPage]
		p.Older = p.Backups[backupsPerPage-1].ID
	}
	if p.Nodes, err = s.Live.Names(r.Context()); err != nil {
		return err
	}
	if p.Unkept == "" { // else the page stays, and what was typed with it
		p.Waiting = s.errand(backingUp, q.Node, views.BackupsPath(q.Node))
	}
	if p.Waiting.Err != nil {
		p.Made = vault.Backup{Node: q.Node, Reason: p.Waiting.Err.Error()}
	}
	if q.Node != "" && !slices.Contains(p.Nodes, q.Node) {
		p.Gone = q.Node
	}
	s.show(w, r, status, p)
	return nil
}

// makeBackup is POST /ui/backups.
func (s *Server) makeBackup(w http.ResponseWriter, r *http.Request) error {
	if err := parseSmall(w, r); err != nil {
		return err
	}
	by, name, note := callerOf(r), r.PostForm.Get("node"), strings.TrimSpace(r.PostForm.Get("note"))
	q := vault.Query{Node: name}
	if err := s.Live.Known(r.Context(), name); err != nil {
		return err
	}
	made := make(chan vault.Backup, 1)
	var begun atomic.Bool
	done, err := s.send(r, backingUp, name, func(ctx context.Context) error {
		begun.Store(true)
		b, err := s.Vault.Make(ctx, by, name, note)
		made <- b
		return err
	})
	if core.CodeOf(err) == core.Unreachable {
		return s.showBackups(w, r, http.StatusBadGateway, q, views.BackupsPage{Made: vault.Backup{Node: name, Reason: err.Error()}})
	}
	if err != nil {
		return err
	}
	if !begun.Load() && note != "" {
		return s.showBackups(w, r, http.StatusConflict, q, views.BackupsPage{Unkept: note})
	}
	if !done || len(made) == 0 { // it goes on, or was somebody else's
		http.Redirect(w, r, views.BackupsPath(name), http.StatusSeeOther)
		return nil
	}
	b := <-made
	if b.Unswept != "" {
		return s.showBackups(w, r, http.StatusOK, q, views.BackupsPage{Made: b})
	}
	http.Redirect(w, r, views.BackupPath(b.ID), http.StatusSeeOther)
	return nil
}

// backupPage is GET /ui/backups/{id}.
func (s *Server) backupPage(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	p := views.BackupPage{Layout: s.layout(r)}
	if p.Backup, err = s.Vault.Backup(r.Context(), callerOf(r), id); err != nil {
		return err
	}
	if p.Nodes, err = s.Live.Names(r.Context()); err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, p)
	return nil
}

// changeBackup is POST /ui/backups/{id}.
func (s *Server) changeBackup(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	if err := parseSmall(w, r); err != nil {
		return err
	}
	var c vault.Change
	switch action := r.PostForm.Get("action"); action {
	case "pin", "unpin":
		pinned := action == "pin"
		c.Pinned = &pinned
	default:
		note := r.PostForm.Get("note")
		c.Note = &note
	}
	if _, err := s.Vault.Change(r.Context(), callerOf(r), id, c); err != nil {
		return err
	}
	http.Redirect(w, r, views.BackupPath(id), http.StatusSeeOther)
	return nil
}

// restoreBackup is POST /ui/backups/{id}/restore: it prepares to bring a backup into a node,
// and leads to the review of that.
func (s *Server) restoreBackup(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	if err := parseSmall(w, r); err != nil {
		return err
	}
	b, document, err := s.Vault.Document(r.Context(), callerOf(r), id)
	if err != nil {
		return err
	}
	draft, err := s.prepared(r, b, document, r.PostForm.Get("to"))
	if err != nil {
		return err
	}
	if err := s.record(r, audit.BackupRestore, r.PostForm.Get("to"), b.String()); err != nil {
		return err
	}
	http.Redirect(w, r, reviewPath(draft), http.StatusSeeOther)
	return nil
}

// prepared makes the draft that brings a backup into a node, in full.
func (s *Server) prepared(r *http.Request, b vault.Backup, document []byte, into string) (id string, err error) {
	if n := b.Restores(into); n > 0 {
		return s.Drafts.Revert(r.Context(), callerOf(r), into, n)
	}
	document, err = transfer.Held(document, b.Node, into)
	if err != nil {
		return "", err
	}
	brought, err := s.Transfer.Take(r.Context(), callerOf(r), bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return "", err
	}
	if id, err = s.Drafts.Bring(r.Context(), callerOf(r), into, b.String(), brought); err != nil {
		return "", err
	}
	return id, s.Drafts.Choose(r.Context(), callerOf(r), id, plan.Choices{Mode: plan.Full})
}

// backupRemovalPage is GET /ui/backups/{id}/remove.
func (s *Server) backupRemovalPage(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	b, err := s.Vault.Backup(r.Context(), callerOf(r), id)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, views.ConfirmPage{Layout: s.layout(r), What: views.RemoveBackup, Name: b.String()})
	return nil
}

// removeBackup is POST /ui/backups/{id}/remove.
func (s *Server) removeBackup(w http.ResponseWriter, r *http.Request) error {
	id, err := backupID(r)
	if err != nil {
		return err
	}
	if err := s.Vault.Remove(r.Context(), callerOf(r), id); err != nil {
		return err
	}
	http.Redirect(w, r, "/ui/backups", http.StatusSeeOther)
	return nil
}
