package streamsql

import "testing"

// TestAccidents checks what the engine takes and refuses by accidents of how it reads: the expression that a SELECT
// is left with, or the message.
func TestAccidents(t *testing.T) {
	for _, c := range []struct{ text, printed, msg string }{
		{"1 - .5", "", `found "-.5", expected FROM.`},
		{"- . 5", "-0.5", ""},
		{"-.1.2", "", `found "-.1.2", invalid number value.`},
		{"a -. b", "a - b", ""},
		{"a -. (b)", "a - (b)", ""},
		{"- /* c */ 1", "", `found "-", expected expression.`},
		{"a / * c */ + b", "a + b", ""},
		{"a / * c", "", `found "", expected FROM.`},
		{"a / /**/ *", "a / (*)", ""},
		{`'a\''`, "", `found "\"a'' FROM d", expected expression.`},
		{`'a\'b'`, `"a'b"`, ""},
		{`'\'\n'`, `"'\n"`, ""},
		{`'\'"'`, "", `found "invalid string: \"'\"\"", expected expression.`},
		{"a[-1.5]", "", "The start index -1.5 is invalid in bracket expression."},
		{"a[-1.5 2]", "a[-2]", ""},
		{"a[-.5]", "a[(-0.5)]", ""},
		{"a[b:-1.5]", "", "The end index -1.5 is invalid in bracket expression."},
		{"a[-1 + 2]", "", `Unexpected token "-1". when parsing bracket expressions.`},
		{"a[-99999999999999999999]", "", "The start index -99999999999999999999 is not an int value in bracket expression."},
		{"a[-b]", "", "The start index - is invalid in bracket expression."},
		{"a[-(1]", "a[-1]", ""},
		{"a[1:-[0]", "a[1:0]", ""},
		{"a[-", "", "The start index - is invalid in bracket expression."},
		{"a->b.", "", `found "FROM", expected expression.`},
		{"a->b.c", "a->b->c", ""},
		{"a->b.abs(c)", "a->b->abs(c)", ""},
		{"a.b.* EXCEPT(c)", "a.b->* EXCEPT(c)", ""},
		{"a.* EXCEPT (b)", "a.* EXCEPT (b)", ""},
		{"a.* EXCEPT (b, c)", "", `found ",", expected right paren.`},
		{"a = 1 REPLACE b OR c", "a = 1 REPLACE b OR c", ""},
		{"CASE WHEN a EXCEPT b THEN 1 END", "", "invalid CASE expression, WHEN expression must be a bool condition"},
		{"1 * EXCEPT(a)", "1 * EXCEPT(a)", `found "EXCEPT", expected expression.`},
		{"* EXCEPT(,a,,b c,)", "* EXCEPT(a, b, c)", ""},
		{"* EXCEPT(,)", "*", ""},
		{"substring(a, 2, 2)", "substring(a, 2, 2)", ""},
		{"substring(a, 2, 1)", "", "validate function substring error: The end index should be larger than start index."},
		{"substring(a, -1, true)", "", "validate function substring error: Expect int type for parameter 3"},
		{"format(a, 2, 3)", "", "validate function format error: Expect string type for parameter 3"},
		{"format(a, 2, 3, 4)", "format(a, 2, 3, 4)", ""},
		{"meta(abs(a)->*)", "", "validate function meta error: Expect meta reference type for parameter 1"},
		{"meta(abs(a)->* EXCEPT(b))", "", "validate function meta error: Expect meta reference type for parameter 1"},
		{`a LIKE "b\\q"`, `a LIKE "b\\q"`, ""},
		{`a LIKE "b\\"`, `a LIKE "b\\"`, ""},
		{`a LIKE "\\%("`, "", "invalid LIKE pattern: error parsing regexp: missing closing ): `^\\\\%($`"},
		{`a LIKE "\\("`, "", "invalid LIKE pattern: error parsing regexp: missing closing ): `^\\\\($`"},
		{"row_number() OVER (ORDER BY)", "", `Found ")" after OVER (, expect partition by or when.`},
		{"row_number() OVER (PARTITION BY a ORDER BY)", "row_number() OVER (PARTITION BY a ORDER BY )", ""},
	} {
		s, err := Check("SELECT "+c.text+" FROM d", nil)
		checkAccident(t, c.text, err, c.msg)
		if err != nil {
			continue
		}
		if got := Print(s.Fields[0].Expr); got != c.printed {
			t.Errorf("Print(%s) = %s, want %s", c.text, got, c.printed)
		}
		again, err := Check(Print(s), nil)
		checkPrinted(t, c.text, Print(s), s, again, err)
	}
}

// checkAccident compares the message of an error, or none, with the engine's.
func checkAccident(t *testing.T, text string, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("parsing %s: %q, want %q", text, got, want)
	}
}

// TestAccidentalOrder checks what may be an item of ORDER BY.
func TestAccidentalOrder(t *testing.T) {
	for _, c := range []struct{ text, msg string }{
		{"a.*", ""}, {"a.b.c desc", ""}, {"a.", `found ".", expected expression.`}, {"a, b. desc", `found ".", expected expression.`},
		{"a.(b)", `found ".", expected expression.`}, {"a->b", ""}, {"abs(a).b", ""},
	} {
		_, err := ParseSelect("SELECT a. FROM d ORDER BY " + c.text)
		checkAccident(t, c.text, err, c.msg)
	}
}

// TestAccidentalColumns checks the columns that the engine takes and refuses by accident.
func TestAccidentalColumns(t *testing.T) {
	for _, c := range []struct{ text, printed, msg string }{
		{"a ARRAY", "", `found "WITH", expect comma or rparen.`},
		{"a ARRAY BIGINT", "a ARRAY ?", ""},
		{"a ARRAY, b BIGINT", "", `found "b", expect comma or rparen.`},
		{"a ARRAY 5, b BIGINT", "a ARRAY ?, b BIGINT", ""},
		{"a ARRAY(, b BIGINT", "a ARRAY ?, b BIGINT", ""},
		{"a ARRAY(ARRAY(,), b BIGINT", "", `found ",", expect rparen in array of array type definition.`},
		{"a ARRAY x DEFAULT 1", "", "unsupported type <nil>"},
		{"a ARRAY(BIGINT b)", "", `found "b", expect rparen in array type definition.`},
		{"a ARRAY(STRUCT(b BIGINT), c)", "", `found ",", expect rparen in struct of array type definition.`},
		{"a ARRAY(STRUCT(b BIGINT) WITH c)", "", `found "c", expect comma in create stream record statement.`},
		{"a BIGINT DEFAULT 0x1F", "", `found "x1F", expect comma or rparen.`},
		{`a BIGINT DEFAULT "0x1F"`, `a BIGINT DEFAULT "0x1F"`, ""},
		{"a BIGINT DEFAULT 010", "a BIGINT DEFAULT 8", ""},
		{"a BIGINT DEFAULT 09", "", "cannot convert string(09) to int64"},
		{"a FLOAT DEFAULT -.5", "a FLOAT DEFAULT -0.5", ""},
		{"a FLOAT DEFAULT -/**/5", "", `found "-", expect default constraint value.`},
		{"a FLOAT DEFAULT 1.2.3", "", "cannot convert string(1.2.3) to float64"},
		{"a STRING DEFAULT 1.2.3", `a STRING DEFAULT "1.2.3"`, ""},
		{"a BOOLEAN DEFAULT 2", "", `strconv.ParseBool: parsing "2": invalid syntax`},
		{"a BOOLEAN DEFAULT 1", "a BOOLEAN DEFAULT 1", ""},
		{"a STRING DEFAULT TRUE", `a STRING DEFAULT "TRUE"`, ""},
	} {
		s, err := ParseStatement("CREATE STREAM d (" + c.text + ") WITH ()")
		checkAccident(t, c.text, err, c.msg)
		if err != nil {
			continue
		}
		if got := Print(s); got != "CREATE STREAM d ("+c.printed+") WITH ()" {
			t.Errorf("Print(%s) = %s, want the columns %s", c.text, got, c.printed)
		}
		again, err := ParseStatement(Print(s))
		checkPrinted(t, c.text, Print(s), s, again, err)
	}
	_, err := ParseStatement("CREATE STREAM d () wiht ()")
	checkAccident(t, "()", err, `found "wiht", expected is with.`)
}
