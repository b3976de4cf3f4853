package streamsql

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// probes has an argument of each class that the measurements of the engine name.
var probes = []struct{ class, text string }{
	{"field", "a"}, {"int", "1"}, {"str", `"x"`}, {"bool", "true"}, {"time", "ss"}, {"negint", "-1"},
	{"float", "1.5"}, {"cmp", "a > 1"}, {"star", "*"}, {"call", "abs(a)"}, {"path", "a->b"},
}

// values are the arguments whose value, and not only whose class, decides.
var values = map[string]string{
	"cast/2": `"bigint"`, "get_keyed_state/2": `"bigint"`, "encode/2": `"base64"`, "decode/2": `"base64"`,
	"mqtt/1": "topic", "substring/3": "b",
}

// TestFunctions holds the table of functions against what was measured of the engine.
func TestFunctions(t *testing.T) {
	const file = "../../../shared/functions.tsv"
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not there; the functions are not compared", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		testFunction(t, row[0], row[2], row[3], row[4])
	}
	if n := len(slices.Collect(Builtins())); n != len(rows)-1 {
		t.Errorf("%d functions, want %d", n, len(rows)-1)
	}
}

func testFunction(t *testing.T, name, least, most, rules string) {
	f, ok := Builtin(strings.ToUpper(name))
	if !ok {
		t.Errorf("%s is missing", name)
		return
	}
	refused := map[string]string{} // "1/2": ",str,bool,"
	for _, m := range regexp.MustCompile(`(\d+/\d+) rejects \{(.*?)\}`).FindAllStringSubmatch(rules, -1) {
		refused[m[1]] = "," + m[2] + ","
	}
	arities := regexp.MustCompile(`arity in \[(.*?)\]`).FindStringSubmatch(rules)
	for n := range 11 {
		takes := inRange(n, least, most)
		if arities != nil {
			takes = slices.Contains(strings.Fields(arities[1]), strconv.Itoa(n))
		}
		if f.Takes(n) != takes {
			t.Errorf("%s: Takes(%d) = %v, want %v", name, n, f.Takes(n), takes)
		}
		measured := n <= 2 || n <= 4 && most != "*"
		if takes && measured {
			testArguments(t, name, n, refused)
		}
	}
}

func inRange(n int, least, most string) bool {
	low, _ := strconv.Atoi(least)
	high, err := strconv.Atoi(most)
	return n >= low && (err != nil || n <= high)
}

// testArguments puts an argument of each class into each place, with good ones in the others.
func testArguments(t *testing.T, name string, n int, refused map[string]string) {
	good := make([]string, n)
	for i := range good {
		good[i] = values[fmt.Sprintf("%s/%d", name, i+1)]
		for j := 0; good[i] == ""; j++ {
			if !strings.Contains(refused[fmt.Sprintf("%d/%d", i+1, n)], ","+probes[j].class+",") {
				good[i] = probes[j].text
			}
		}
	}
	for i := range good {
		for _, probe := range probes {
			args := slices.Clone(good)
			args[i] = probe.text
			sql := fmt.Sprintf("SELECT %s(%s) FROM demo", name, strings.Join(args, ", "))
			_, err := Check(sql, nil)
			want := !strings.Contains(refused[fmt.Sprintf("%d/%d", i+1, n)], ","+probe.class+",")
			if got := err == nil; got != want {
				t.Errorf("%s: accepted %v, want %v (%v)", sql, got, want, err)
			}
		}
	}
}
