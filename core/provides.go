package core

// Provides is what a plugin or service brings for others to use, by name.
type Provides struct {
	Sources   []string `json:"sources,omitempty"`   // source types
	Sinks     []string `json:"sinks,omitempty"`     // sink types
	Functions []string `json:"functions,omitempty"` // as SQL calls them
}
