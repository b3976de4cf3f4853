// Console administers the configuration of eKuiper: it imports and exports bundles of
// streams, tables, rules and all they need, through browser pages, the engine's REST
// API and this command line.
//
// # A tour of the code, bottom up
//
// [ekuiper-console/core] has the words that all of it shares: the twelve kinds, the
// reference to one entry, the caller, errors with a code, findings.
//
// core/streamsql reads the SQL dialect, core/jsonscan finds places in JSON texts,
// core/bundle is the document, and core/bundlev2 its second form, in YAML. core/resource
// knows what each entry's text means, and core/deps who needs whom, which
// core/deps/drawing lays out for a picture. core/secret masks what nobody may read, and
// core/compare tells two texts of one entry apart.
//
// core/plan says what an import would do, as a plain value. core/fetch reads the files
// that entries name, core/artifact says what is in them, and core/depot keeps them.
// core/disk words the troubles of a disk. core/task runs work in the background,
// core/account knows users, their sessions and API tokens, core/audit remembers who did
// what. core/errand goes on with what takes longer than a person waits for it.
//
// core/transfer puts these together into the use cases: Preview, Import, Export,
// Status, History. Every surface calls it and nothing below it. core/node knows the
// eKuiper nodes that run elsewhere: it reads them into the store, and brings imports into
// them. core/rollout brings one bundle into many of them, wave by wave. core/drift compares
// nodes with their baselines, core/vault keeps backups of them, and core/schedule says when
// either is done. Package db keeps all
// state in one SQLite file; core/backup packs it, and what lies beside it, into one
// archive.
//
// web/handlers has the route table and answers HTTP; web/views draws pages, web/static
// holds what they load, web/metrics counts for Prometheus. This package wires it all (serve.go) and is the command line,
// one file per command. Package e2e drives the built program in a browser, e2e/contract
// holds it, and a running eKuiper, against what the engine's clients rely on, e2e/crash
// kills it and takes its disk away, e2e/fleet has one bring bundles into twenty others,
// e2e/hostile sends it what nobody should, e2e/load keeps it busy.
//
// # One import, from the bytes to the revision
//
//	bytes ──bundle.Decode──► Bundle ──plan.New(snapshot, check)──► Plan ──db.Commit──► Revision
//
// A plan is made from a snapshot of the node and carries its identity. The commit is
// one transaction, and is refused when the node has moved since.
package main
