package streamsql

import "testing"

func TestPosition(t *testing.T) {
	const text = "SELECT ä\nFROM x"
	for _, c := range []struct{ offset, line, column int }{
		{0, 1, 1}, {7, 1, 8}, {9, 1, 9}, {10, 2, 1}, {15, 2, 6}, {99, 2, 7}, {-1, 1, 1},
	} {
		if line, column := Position(text, c.offset); line != c.line || column != c.column {
			t.Errorf("Position(%q, %d) = %d, %d, want %d, %d", text, c.offset, line, column, c.line, c.column)
		}
	}
}
