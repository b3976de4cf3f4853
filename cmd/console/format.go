package main

import (
	"path/filepath"
	"strings"

	"ekuiper-console/core/bundlev2"
	"ekuiper-console/core/transfer"
)

// formatFlag says how a document is written.
type formatFlag struct {
	Format string `enum:"auto,json,yaml" default:"auto" help:"json, yaml for eKuiper's v2 form, or auto: as the file's name or its text says."`
}

// of returns the format of a document.
func (f formatFlag) of(name string, doc []byte) transfer.Format {
	switch f.Format {
	case "json":
		return transfer.JSON
	case "yaml":
		return transfer.V2
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return transfer.JSON
	case ".yaml", ".yml":
		return transfer.V2
	}
	if bundlev2.Is(doc) {
		return transfer.V2
	}
	return transfer.JSON
}
