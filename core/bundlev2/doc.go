// Package bundlev2 reads and writes the second form of the document, which eKuiper's
// /v2/data routes speak: YAML whose entries are objects where those of a bundle are
// texts.
//
//	sourceConfig:
//	  sources.mqtt.k:
//	    server: tcp://h:1883
//	streams:
//	  demo:
//	    sql: CREATE STREAM demo () WITH (DATASOURCE="users")
//	rules:
//	  r1:
//	    triggered: true
//	    sql: SELECT * FROM demo
//
// A configuration stands under one name for each of its keys, made of what it
// configures, the type and the key. A dot or percent sign in a type is written as %2E
// or %25.
//
// Nothing is lost between the two forms: numbers keep their digits, unknown fields
// stay, scripts, which the engine leaves out, have a section of their own. What is no
// object, and so cannot stand as one, is written as a string that holds the text. A rule
// without triggered is triggered, but the engine takes it for stopped when it reads
// YAML; so it is written out. The fields of a rule are written as the engine spells them,
// since in YAML it takes their names in no other case.
package bundlev2
