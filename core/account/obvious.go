package account

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// obviousText has the words that passwords are commonly made of, one a line.
//
//go:embed obvious.txt
var obviousText string

var obviousWords = strings.Fields(obviousText)

// rows are what fingers run along, forwards or backwards.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p"}

// disguises are letters as they are commonly written in passwords.
var disguises = strings.NewReplacer("@", "a", "$", "s", "0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "!", "i")

const (
	leastOwn   = 5  // characters that nobody would guess
	longEnough = 64 // bytes from which on a password is not looked at
	shortRun   = 3  // least length of a run or a repetition
	year       = 4  // digits beside words that count as guessed
)

// Obvious reports whether a password is among the first that are guessed: one of common
// words, the user's name, runs on the keyboard, repetitions and a few digits, in any
// mixture, with hardly anything beside them.
func Obvious(name, password string) bool {
	if len(password) >= longEnough {
		return false
	}
	text := strings.ToLower(password)
	words := obviousWords
	if utf8.RuneCountInString(name) >= shortRun {
		words = append([]string{strings.ToLower(name)}, words...)
	}
	return own(text, words) < leastOwn || own(disguises.Replace(text), words) < leastOwn
}

// own returns how many characters of a text are in no word, run or repetition, if they
// are chosen so that these are few.
func own(text string, words []string) int {
	letters := []rune(text)
	least := make([]int, len(letters)+1) // of the text from here on
	for i := len(letters) - 1; i >= 0; i-- {
		least[i] = least[i+1]
		if !filler(letters[i]) {
			least[i]++
		}
		for _, n := range guessed(letters, i, words) {
			least[i] = min(least[i], least[i+n])
		}
	}
	return least[0]
}

// filler reports whether a character tells nothing.
func filler(r rune) bool { return strings.ContainsRune(" .-_!?#*+", r) }

// guessed returns the lengths of what can be guessed at a place.
func guessed(letters []rune, i int, words []string) []int {
	rest := string(letters[i:])
	lengths := []int{digits(letters[i:]), repetition(letters, i), run(rest)}
	for _, w := range words {
		if strings.HasPrefix(rest, w) {
			lengths = append(lengths, utf8.RuneCountInString(w))
		}
	}
	return lengths
}

// digits returns how many digits a text begins with, if they are as few as a year has.
func digits(letters []rune) int {
	n := 0
	for n < len(letters) && letters[n] >= '0' && letters[n] <= '9' {
		n++
	}
	if n > year {
		return 0
	}
	return n
}

// repetition returns the length of what says again, from a place on, what stands before
// it.
func repetition(letters []rune, i int) int {
	longest := 0
	for back := 1; back <= i; back++ {
		n := 0
		for i+n < len(letters) && letters[i+n] == letters[i+n-back] {
			n++
		}
		longest = max(longest, n)
	}
	if longest < shortRun {
		return 0
	}
	return longest
}

// run returns the length of the run along a row that a text begins with.
func run(text string) int {
	longest := 0
	for _, row := range rows {
		longest = max(longest, along(text, row), along(text, reversed(row)))
	}
	if longest < shortRun {
		return 0
	}
	return longest
}

// along returns how many characters of a text go along a row, wherever they begin.
func along(text, row string) int {
	n := 0
	for n < len(text) && strings.Contains(row, text[:n+1]) {
		n++
	}
	return n
}

func reversed(s string) string {
	letters := []byte(s)
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return string(letters)
}
