package artifact

import (
	"bufio"
	"io"
	"unicode/utf8"

	"ekuiper-console/core"
)

// extensions are how the files of schemas end, by type.
var extensions = map[string]string{"protobuf": ".proto", "custom": ".so"}

// schemaArchive looks into the archive of a schema: the file of its name, and a folder of
// its name with what that imports.
func (i *inspection) schemaArchive() error {
	name := i.want.Name + extensions[i.want.SchemaType]
	f := i.zip.files[name]
	if f == nil {
		return core.WithHint(core.Errorf(core.Invalid, "schema file %s not found inside the zip", name), "put "+name+" at the top of the archive, in no folder")
	}
	if i.want.SchemaType != "protobuf" {
		_, err := i.program(f)
		return err
	}
	i.compiled(name, func(path string) (string, error) { return i.zip.open(i.ctx, path) })
	return nil
}

// single looks into a file that is no archive: a schema, or an upload, of which nothing is
// asked.
func (i *inspection) single() error {
	text, err := isText(&interruptible{i.ctx, i.file})
	if err != nil {
		return err
	}
	i.Files, i.Bytes, i.Text = 1, i.file.Size(), text
	if i.want.Ref.Kind != core.Schema || i.want.SchemaType != "protobuf" {
		return nil
	}
	name := i.want.Name + extensions[i.want.SchemaType]
	if i.Bytes > maxProto {
		i.warn("", "the schema is too long to be compiled here; it was not checked")
		return nil
	}
	content, err := io.ReadAll(io.NewSectionReader(i.file, 0, i.Bytes))
	if err != nil {
		return err
	}
	i.compiled(name, func(path string) (string, error) {
		if path == name {
			return string(content), nil
		}
		return nothing(path)
	})
	return nil
}

// compiled compiles a schema and remembers its messages. An engine takes one that cannot be
// compiled, and finds out when a stream uses it: so this warns only.
func (i *inspection) compiled(name string, open func(path string) (string, error)) {
	schema, err := i.compileFrom(name, open)
	switch {
	case core.CodeOf(err) == core.TooLarge:
		i.warn("", "the schema is too long to be compiled here; it was not checked")
		return
	case err != nil:
		i.warn("streams and actions that use the schema will not start", "the content is no protobuf schema: %v", err)
		return
	}
	messages := schema.Messages()
	for m := range messages.Len() {
		i.Messages = append(i.Messages, string(messages.Get(m).Name()))
	}
}

// isText reports whether a file is UTF-8 without a zero byte, as a text is.
func isText(r io.Reader) (bool, error) {
	for runes := bufio.NewReader(r); ; {
		c, size, err := runes.ReadRune()
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case c == 0 || c == utf8.RuneError && size == 1:
			return false, nil
		}
	}
}
