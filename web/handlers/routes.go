package handlers

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"ekuiper-console/core"
	"ekuiper-console/core/account"
	"ekuiper-console/web/static"
)

// handler answers a request or returns why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// door is how a caller shows who they are.
type door uint8

const (
	open      door = iota // to everybody
	api                   // by a token in the Authorization header
	importing             // by a token too, one that is for imports only included
	exporting             // by a token too, one that is for exports only included
	page                  // by a session
	lobby                 // to everybody, to begin a session
)

// scopes are what a token must be for to open the doors that take one.
var scopes = map[door]account.Scope{api: account.All, importing: account.ImportOnly, exporting: account.ExportOnly}

// route is one line of the route table: who may, and what answers.
type route struct {
	method, path string
	door         door
	role         core.Role // the lowest that may
	handle       handler
}

// routes is the whole of the console, but for its administration and for what is there, on
// one screen.
func (s *Server) routes() []route {
	return slices.Concat(s.adminRoutes(), s.readRoutes(), s.rolloutRoutes(), s.keepingRoutes(), []route{
		{"GET", "/", open, core.Nobody, s.root},
		{"GET", "/ping", open, core.Nobody, s.ping},
		{"GET", "/openapi.json", open, core.Nobody, s.openAPI},
		{"GET", "/healthz", open, core.Nobody, s.healthz},
		{"GET", "/readyz", open, core.Nobody, s.readyz},
		s.metricsRoute(),

		{"POST", "/data/import", importing, core.Operator, s.importData},
		{"GET", "/data/import/status", importing, core.Viewer, s.importStatus},
		{"GET", "/data/export", exporting, core.Viewer, s.exportAll},
		{"POST", "/data/export", exporting, core.Viewer, s.exportRules},
		{"POST", "/v2/data/import", importing, core.Operator, s.importV2},
		{"GET", "/v2/data/export", exporting, core.Viewer, s.exportAllV2},
		{"POST", "/v2/data/export", exporting, core.Viewer, s.exportRulesV2},
		{"POST", "/ruleset/import", importing, core.Operator, s.importRuleset},
		{"POST", "/ruleset/export", exporting, core.Viewer, s.exportRuleset},
		{"POST", "/async/data/import", importing, core.Operator, s.importAsync},
		{"GET", "/async/task/{id}", importing, core.Viewer, s.taskStatus},
		{"POST", "/async/task/{id}/cancel", importing, core.Operator, s.taskCancel},

		{"POST", "/api/v1/plan", api, core.Operator, s.planV1},
		{"POST", "/api/v1/import", importing, core.Operator, s.importV1},
		{"GET", "/api/v1/tasks", importing, core.Viewer, s.tasksV1},
		{"GET", "/api/v1/tasks/{id}", importing, core.Viewer, s.oneTaskV1},
		{"GET", "/api/v1/tasks/{id}/events", importing, core.Viewer, s.taskEventsV1},
		{"POST", "/api/v1/tasks/{id}/cancel", importing, core.Operator, s.cancelTaskV1},
		{"GET", "/api/v1/revisions", api, core.Viewer, s.revisionsV1},
		{"GET", "/api/v1/revisions/{n}", api, core.Viewer, s.revisionV1},
		{"GET", "/api/v1/revisions/{n}/bundle", exporting, core.Viewer, s.bundleV1},
		{"POST", "/api/v1/revisions/{n}/restore", api, core.Operator, s.restoreV1},
		{"GET", "/api/v1/diff", api, core.Viewer, s.diffV1},
		{"GET", "/api/v1/entries", api, core.Viewer, s.entriesV1},
		{"GET", "/api/v1/entries/{section}/{name}", api, core.Viewer, s.entryV1},

		{"GET", "/api/v1/artifacts", exporting, core.Viewer, s.artifactsV1},
		{"POST", "/api/v1/artifacts/{sha256}/link", api, core.Operator, s.artifactLinkV1},
		{"GET", "/artifacts/{sha256}/{name}", open, core.Nobody, s.artifact},
		{"GET", "/artifacts/{sha256}/{ticket}/{name}", open, core.Nobody, s.linkedArtifact},

		{"GET", "/ui/sign-in", lobby, core.Nobody, s.signInPage},
		{"POST", "/ui/sign-in", lobby, core.Nobody, s.signIn},
		{"GET", "/ui/setup", lobby, core.Nobody, s.setUpPage},
		{"POST", "/ui/setup", lobby, core.Nobody, s.setUp},
		{"POST", "/ui/preferences", open, core.Nobody, s.preferences},
		{"POST", "/ui/sign-out", page, core.Nobody, s.signOut},
		{"GET", "/ui", page, core.Viewer, s.home},
		{"GET", "/ui/", page, core.Viewer, s.overviewPage},
		{"GET", "/ui/import", page, core.Operator, s.importPage},
		{"POST", "/ui/import", page, core.Operator, s.bring},
		{"GET", "/ui/import/{id}", page, core.Operator, s.ofDraft(s.draftPage)},
		{"POST", "/ui/import/{id}", page, core.Operator, s.ofDraft(s.draft)},
		{"GET", "/ui/import/{id}/review", page, core.Operator, s.ofDraft(s.reviewPage)},
		{"POST", "/ui/import/{id}/review", page, core.Operator, s.ofDraft(s.decide)},
		{"GET", "/ui/import/{id}/review/diff", page, core.Operator, s.ofDraft(s.diffPage)},
		{"GET", "/ui/inventory", page, core.Viewer, s.inventoryPage},
		{"GET", "/ui/inventory/{section}", page, core.Viewer, s.sectionPage},
		{"GET", "/ui/inventory/{section}/{name}", page, core.Viewer, s.entryPage},
		{"GET", "/ui/inventory/{section}/{name}/text", page, core.Viewer, s.entryText},
		{"GET", "/ui/history", page, core.Viewer, s.historyPage},
		{"GET", "/ui/history/diff", page, core.Viewer, s.comparePage},
		{"GET", "/ui/history/{n}", page, core.Viewer, s.revisionPage},
		{"GET", "/ui/history/{n}/bundle", page, core.Viewer, s.bundleV1},
		{"POST", "/ui/history/{revision}/restore", page, core.Operator, s.restore},
		{"GET", "/ui/tasks/{id}", page, core.Viewer, s.ofTask(s.taskPage)},
		{"GET", "/ui/tasks/{id}/events", page, core.Viewer, s.ofTask(s.taskEvents)},
		{"GET", "/ui/tasks/{id}/report", page, core.Viewer, s.ofTask(s.taskReport)},
		{"GET", "/ui/tasks/{id}/findings", page, core.Viewer, s.ofTask(s.taskFindings)},
		{"POST", "/ui/tasks/{id}/cancel", page, core.Operator, s.ofTask(s.taskPageCancel)},
		{"POST", "/ui/tasks/{id}/fix", page, core.Operator, s.ofTask(s.taskFix)},
		{"POST", "/ui/tasks/{id}/retry", page, core.Operator, s.ofTask(s.taskRetry)},
		{"GET", "/ui/artifacts/{sha256}/{name}", page, core.Viewer, s.artifactPage},
		{"GET", "/ui/api", page, core.Viewer, s.apiPage},
		{"GET", "/ui/export", page, core.Viewer, s.exportPage},
		{"POST", "/ui/export", page, core.Viewer, s.exportPage},
		{"GET", "/ui/export/download", page, core.Viewer, s.downloadPage},
		{"POST", "/ui/export/download", page, core.Viewer, s.downloadPage},
	})
}

// readRoutes are those by which the engine tells what is there.
func (s *Server) readRoutes() []route {
	return []route{
		{"GET", "/streams", api, core.Viewer, s.streams(core.Stream)},
		{"GET", "/streams/{name}", api, core.Viewer, s.describe(core.Stream)},
		{"GET", "/streamdetails", api, core.Viewer, s.details(core.Stream)},
		{"GET", "/tables", api, core.Viewer, s.streams(core.Table)},
		{"GET", "/tables/{name}", api, core.Viewer, s.describe(core.Table)},
		{"GET", "/tabledetails", api, core.Viewer, s.details(core.Table)},
		{"GET", "/rules", api, core.Viewer, s.rules},
		{"GET", "/rules/{id}", api, core.Viewer, s.rule},
		{"GET", "/metadata/sources/yaml/{type}", api, core.Viewer, s.configKeys(core.SourceConfig)},
		{"GET", "/metadata/sinks/yaml/{type}", api, core.Viewer, s.configKeys(core.SinkConfig)},
		{"GET", "/connections", api, core.Viewer, s.connections},
		{"GET", "/schemas/{type}", api, core.Viewer, s.schemas},
		{"GET", "/udf/javascript", api, core.Viewer, s.names(core.Script)},
		{"GET", "/services", api, core.Viewer, s.names(core.Service)},
		{"GET", "/config/uploads", api, core.Viewer, s.names(core.Upload)},
		{"GET", "/plugins/sources", api, core.Viewer, s.nativePlugins("sources")},
		{"GET", "/plugins/sinks", api, core.Viewer, s.nativePlugins("sinks")},
		{"GET", "/plugins/functions", api, core.Viewer, s.nativePlugins("functions")},
		{"GET", "/plugins/portables", api, core.Viewer, s.portablePlugins},
	}
}

// rolloutRoutes are those of rollouts over many nodes.
func (s *Server) rolloutRoutes() []route {
	return []route{
		{"GET", "/api/v1/rollouts", api, core.Viewer, s.rolloutsV1},
		{"POST", "/api/v1/rollouts", api, core.Operator, s.planRolloutV1},
		{"GET", "/api/v1/rollouts/{id}", api, core.Viewer, s.oneRolloutV1},
		{"GET", "/api/v1/rollouts/{id}/events", api, core.Viewer, s.rolloutEventsV1},
		{"POST", "/api/v1/rollouts/{id}/start", api, core.Operator, s.rolloutActV1(s.Rollouts.Start)},
		{"POST", "/api/v1/rollouts/{id}/pause", api, core.Operator, s.rolloutActV1(s.Rollouts.Pause)},
		{"POST", "/api/v1/rollouts/{id}/resume", api, core.Operator, s.rolloutActV1(s.Rollouts.Resume)},
		{"POST", "/api/v1/rollouts/{id}/cancel", api, core.Operator, s.rolloutActV1(s.Rollouts.Cancel)},
		{"POST", "/api/v1/rollouts/{id}/retry", api, core.Operator, s.rolloutActV1(s.Rollouts.Retry)},
		{"POST", "/api/v1/rollouts/{id}/rollback", api, core.Operator, s.rollbackV1},
		{"DELETE", "/api/v1/rollouts/{id}", api, core.Operator, s.removeRolloutV1},

		{"GET", "/ui/rollouts", page, core.Viewer, s.rolloutsPage},
		{"POST", "/ui/rollouts", page, core.Operator, s.planRollout},
		{"GET", "/ui/rollouts/new", page, core.Operator, s.newRolloutPage},
		{"GET", "/ui/rollouts/{id}", page, core.Viewer, s.rolloutPage},
		{"POST", "/ui/rollouts/{id}", page, core.Operator, s.rolloutAct},
		{"GET", "/ui/rollouts/{id}/events", page, core.Viewer, s.rolloutEvents},
		{"GET", "/ui/rollouts/{id}/rollback", page, core.Operator, s.rollbackPage},
		{"POST", "/ui/rollouts/{id}/rollback", page, core.Operator, s.rollBack},
		{"GET", "/ui/rollouts/{id}/remove", page, core.Operator, s.rolloutRemovalPage},
		{"POST", "/ui/rollouts/{id}/remove", page, core.Operator, s.removeRollout},
	}
}

// adminRoutes are those of accounts, tokens, nodes, the audit log and settings.
func (s *Server) adminRoutes() []route {
	return []route{
		{"GET", "/api/v1/audit", api, core.Admin, s.auditV1},
		{"GET", "/api/v1/users", api, core.Admin, s.usersV1},
		{"POST", "/api/v1/users", api, core.Admin, s.addUserV1},
		{"PATCH", "/api/v1/users/{name}", api, core.Admin, s.changeUserV1},
		{"DELETE", "/api/v1/users/{name}", api, core.Admin, s.removeUserV1},
		{"GET", "/api/v1/tokens", api, core.Admin, s.tokensV1},
		{"POST", "/api/v1/tokens", api, core.Admin, s.addTokenV1},
		{"DELETE", "/api/v1/tokens/{id}", api, core.Admin, s.revokeTokenV1},
		{"GET", "/api/v1/nodes", api, core.Viewer, s.nodesV1},
		{"POST", "/api/v1/nodes", api, core.Admin, s.addNodeV1},
		{"GET", "/api/v1/nodes/{name}", api, core.Viewer, s.oneNodeV1},
		{"PATCH", "/api/v1/nodes/{name}", api, core.Admin, s.changeNodeV1},
		{"DELETE", "/api/v1/nodes/{name}", api, core.Admin, s.removeNodeV1},
		{"POST", "/api/v1/nodes/{name}/pull", api, core.Operator, s.pullNodeV1},

		{"GET", "/ui/accounts", page, core.Admin, s.accountsPage},
		{"POST", "/ui/accounts", page, core.Admin, s.addAccount},
		{"GET", "/ui/accounts/{name}", page, core.Admin, s.accountPage},
		{"POST", "/ui/accounts/{name}", page, core.Admin, s.changeAccount},
		{"GET", "/ui/accounts/{name}/remove", page, core.Admin, s.removalPage},
		{"POST", "/ui/accounts/{name}/remove", page, core.Admin, s.removeAccount},
		{"GET", "/ui/tokens", page, core.Admin, s.tokensPage},
		{"POST", "/ui/tokens", page, core.Admin, s.addToken},
		{"GET", "/ui/tokens/{id}/revoke", page, core.Admin, s.revocationPage},
		{"POST", "/ui/tokens/{id}/revoke", page, core.Admin, s.revokeToken},
		{"GET", "/ui/nodes", page, core.Viewer, s.nodesPage},
		{"POST", "/ui/nodes", page, core.Admin, s.addNode},
		{"GET", "/ui/nodes/{name}", page, core.Viewer, s.nodePage},
		{"POST", "/ui/nodes/{name}", page, core.Admin, s.changeNode},
		{"POST", "/ui/nodes/{name}/pull", page, core.Operator, s.pullNode},
		{"GET", "/ui/nodes/{name}/events", page, core.Viewer, s.nodeEvents},
		{"GET", "/ui/nodes/{name}/remove", page, core.Admin, s.nodeRemovalPage},
		{"POST", "/ui/nodes/{name}/remove", page, core.Admin, s.removeNode},
		{"POST", "/ui/node", page, core.Viewer, s.chooseNode},
		{"GET", "/ui/audit", page, core.Admin, s.auditPage},
		{"GET", "/ui/audit/download", page, core.Admin, s.auditDownload},
		{"GET", "/ui/settings", page, core.Viewer, s.settingsPage},
		{"POST", "/ui/settings", page, core.Viewer, s.ownPassword},
		{"POST", "/ui/settings/sessions/{id}", page, core.Viewer, s.endSession},
	}
}

// keepingRoutes are those of what is done to nodes by itself: they are compared with their
// baselines, and backed up.
func (s *Server) keepingRoutes() []route {
	return []route{
		{"GET", "/api/v1/drift", api, core.Viewer, s.driftsV1},
		{"GET", "/api/v1/nodes/{name}/drift", api, core.Viewer, s.driftV1},
		{"POST", "/api/v1/nodes/{name}/drift", api, core.Operator, s.compareV1},
		{"GET", "/api/v1/nodes/{name}/baseline", api, core.Viewer, s.baselineV1},
		{"PUT", "/api/v1/nodes/{name}/baseline", api, core.Operator, s.setBaselineV1},
		{"DELETE", "/api/v1/nodes/{name}/baseline", api, core.Operator, s.removeBaselineV1},
		{"POST", "/api/v1/nodes/{name}/baseline/apply", api, core.Operator, s.applyBaselineV1},
		{"GET", "/api/v1/nodes/{name}/backups", api, core.Viewer, s.backupsV1},
		{"POST", "/api/v1/nodes/{name}/backups", api, core.Operator, s.makeBackupV1},
		{"GET", "/api/v1/backups", api, core.Viewer, s.backupsV1},
		{"GET", "/api/v1/backups/{id}", api, core.Viewer, s.oneBackupV1},
		{"PATCH", "/api/v1/backups/{id}", api, core.Operator, s.changeBackupV1},
		{"DELETE", "/api/v1/backups/{id}", api, core.Operator, s.removeBackupV1},
		{"GET", "/api/v1/backups/{id}/bundle", exporting, core.Viewer, s.backupBundle},
		{"POST", "/api/v1/backups/{id}/restore", api, core.Operator, s.restoreBackupV1},
		{"GET", "/api/v1/schedules", api, core.Viewer, s.schedulesV1},
		{"PUT", "/api/v1/schedules", api, core.Admin, s.putScheduleV1},
		{"DELETE", "/api/v1/schedules/{name}", api, core.Admin, s.removeScheduleV1},

		{"GET", "/ui/nodes/{name}/drift", page, core.Viewer, s.driftPage},
		{"POST", "/ui/nodes/{name}/drift", page, core.Operator, s.compareNode},
		{"POST", "/ui/nodes/{name}/baseline", page, core.Operator, s.changeBaseline},
		{"GET", "/ui/backups", page, core.Viewer, s.backupsPage},
		{"POST", "/ui/backups", page, core.Operator, s.makeBackup},
		{"GET", "/ui/backups/{id}", page, core.Viewer, s.backupPage},
		{"POST", "/ui/backups/{id}", page, core.Operator, s.changeBackup},
		{"GET", "/ui/backups/{id}/bundle", page, core.Viewer, s.backupBundle},
		{"POST", "/ui/backups/{id}/restore", page, core.Operator, s.restoreBackup},
		{"GET", "/ui/backups/{id}/remove", page, core.Operator, s.backupRemovalPage},
		{"POST", "/ui/backups/{id}/remove", page, core.Operator, s.removeBackup},
		{"GET", "/ui/schedules", page, core.Viewer, s.schedulesPage},
		{"POST", "/ui/schedules", page, core.Admin, s.writeSchedule},
		{"POST", "/ui/schedules/remove", page, core.Admin, s.removeSchedule},
	}
}

// router puts every route behind its door.
func (s *Server) router() http.Handler {
	mux := chi.NewRouter()
	mux.Use(middleware.GetHead)
	mux.NotFound(s.notFound)
	if s.room == nil {
		s.room = roomFor(s.MaxImports, s.Transfer.Room)
	}
	for _, r := range s.routes() {
		if heavy[r.method+" "+r.path] {
			r.handle = s.room.one(r.handle)
		}
		answer := s.bounded(r, s.admit(r))
		mux.Method(r.method, r.path, answer)
		if r.ofEngine() {
			mux.Method(r.method, "/nodes/{node}"+r.path, answer)
		}
	}
	mux.Handle("GET "+static.Prefix+"*", static.Handler())
	return mux
}

// admit lets only those to a route who may use it.
func (s *Server) admit(r route) http.Handler {
	switch r.door {
	case api, importing, exporting:
		return compressed(s.withToken(r, s.chosen(s.told(r.handle))))
	case page:
		return s.session(s.withSession(r, s.told(r.handle)))
	case lobby:
		return s.session(s.told(r.handle))
	}
	return s.told(r.handle)
}
