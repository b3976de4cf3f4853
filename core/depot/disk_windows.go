package depot

// syncFolder does nothing: Windows brings names to the disk by itself, and opens no folder
// to be synchronised.
func syncFolder(string) error { return nil }
