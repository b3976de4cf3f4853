package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"ekuiper-console/core"
)

// MinPassword is the least length of a password, in characters.
const MinPassword = 12

// MaxPassword bounds the work that a sign-in can cause, in bytes.
const MaxPassword = 1024

// The cost of a password: argon2id with 19 MiB, two passes and one lane, which is
// the second of the settings that OWASP's password storage sheet gives.
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltBytes = 16
	hashBytes = 32
)

// checkPassword returns an Invalid error for a password that is too short, too long or
// among the first that are guessed.
func checkPassword(name, password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return core.Errorf(core.Invalid, "the password needs at least %d characters", MinPassword)
	case len(password) > MaxPassword:
		return core.Errorf(core.Invalid, "the password is longer than %d bytes", MaxPassword)
	case Obvious(name, password):
		return core.WithHint(core.Errorf(core.Invalid, "the password is among the first that are guessed"), "use a sentence of your own")
	}
	return nil
}

// hashPassword returns the password's argon2id hash in the PHC string format.
func hashPassword(password string) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

// matches reports whether a password has this hash.
func matches(password, hash string) bool {
	var version, memory, time, threads int
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[1] != "argon2id" || len(password) > MaxPassword {
		return false
	}
	if _, err := fmt.Sscanf(fields[2]+" "+fields[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads); err != nil {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(fields[4])
	want, err2 := base64.RawStdEncoding.DecodeString(fields[5])
	if err1 != nil || err2 != nil || version != argon2.Version {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(threads), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
