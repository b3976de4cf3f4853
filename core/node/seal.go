package node

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ekuiper-console/core"
)

// Seal encrypts what is secret about nodes, by AES-256-GCM with a key in a file.
type Seal struct {
	File string // of the key; made, for its owner alone, when something is sealed first
}

const keyBytes = 32

// close encrypts a text. It can be opened only together with the same context.
func (s Seal) close(text []byte, with string) ([]byte, error) {
	key, err := os.ReadFile(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = s.make()
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key of nodes: %w", err)
	}
	sealed, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return sealed.Seal(nil, nil, text, []byte(with)), nil
}

// keyHint says what to do about a key that is not the right one.
const keyHint = "bring the file nodes.key back from a backup, or register the node anew"

// open decrypts what close encrypted.
func (s Seal) open(sealed []byte, with string) ([]byte, error) {
	key, err := os.ReadFile(s.File)
	if err != nil {
		return nil, core.WithHint(core.Errorf(core.Internal, "the key of nodes cannot be read: %w", err), keyHint)
	}
	opener, err := gcm(key)
	if err != nil {
		return nil, err
	}
	text, err := opener.Open(nil, nil, sealed, []byte(with))
	if err != nil {
		return nil, core.WithHint(core.Errorf(core.Internal, "the credentials were sealed with another key"), keyHint)
	}
	return text, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	if len(key) != keyBytes {
		return nil, core.WithHint(core.Errorf(core.Internal, "the key of nodes has %d bytes, and not %d", len(key), keyBytes), keyHint)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("using the key of nodes: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// make makes the key, whole or not at all. Where another process just did, it is that
// one's.
func (s Seal) make() ([]byte, error) {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.File), ".nodes-*.key") // readable by its owner alone
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(key)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(tmp.Name(), s.File); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(s.File)
}
