// Package streamsql reads and writes eKuiper's SQL dialect: the SELECT of a rule and the CREATE of a stream or table.
// It agrees with the engine on what is a statement, including the statements that the engine accepts by accident,
// and says what is wrong in the engine's words, with a place and a hint beside them.
//
// A text goes through lex.go (tokens), select.go, expr.go, operand.go, call.go and window.go (one SELECT), or
// statement.go, create.go and options.go (the other statements), to the tree of ast.go. Walk visits a tree and
// Print writes it. The syntax can be checked without knowing which functions exist (ParseSelect), the calls
// afterwards (CheckCalls), or both at once (Check). The built-in functions are the table in functions_table.go.
//
// # Grammar
//
// Words in capitals are keywords in any case. IDENT is a letter followed by letters, digits and underscores, unless
// it is reserved, or anything between backquotes. STRING is in single or double quotes, with the escapes of Go.
// White space and comments (-- to the end of the line, and between /* and */) may stand between any two tokens,
// and white space also within the operators of two characters.
//
//	select    = "SELECT" field { "," field }
//	            "FROM" source { joinType "JOIN" source [ "ON" expr ] }
//	            [ "WHERE" expr ]
//	            [ "GROUP" "BY" expr { "," expr } ]
//	            [ "HAVING" expr ]
//	            [ "ORDER" "BY" sortItems ]
//	            [ "LIMIT" INTEGER ]
//	            ( EOF | ";" anything ) .
//	field     = expr [ "AS" IDENT ] [ "INVISIBLE" ] .
//	joinType  = "INNER" | "LEFT" | "RIGHT" | "FULL" | "CROSS" .        CROSS has no ON
//	source    = { word ( "AS" IDENT | word ) } [ word ] .              the words are joined to one name
//	word      = IDENT | "/" | "#" | "+" .
//	sortItems = { expr [ "ASC" | "DESC" ] | "," } .                    each expr begins with IDENT
//
//	expr      = operand { binary } .
//	binary    = operator operand
//	          | subscript
//	          | [ "NOT" ] "BETWEEN" operand "AND" operand
//	          | [ "NOT" ] "IN" list
//	          | [ "NOT" ] "LIKE" operand .
//	operator  = "OR" | "AND" | "=" | "!=" | "<" | "<=" | ">" | ">="
//	          | "+" | "-" | "|" | "^" | "*" | "/" | "%" | "&" | "->" | "." | "EXCEPT" | "REPLACE" .
//	list      = "(" expr { "," expr } ")" | operand .
//	operand   = "(" expr ")" | literal | case | call | window | reference | star | subscript | "IN" list .
//	literal   = [ "-" ] INTEGER | [ "-" ] FLOAT | STRING | "TRUE" | "FALSE" | unit .
//	unit      = "DD" | "HH" | "MI" | "SS" | "MS" .
//	reference = IDENT [ "." [ IDENT | "*" ] ] .
//	star      = "*" { "EXCEPT" "(" { IDENT | "," } ")" | "REPLACE" "(" field { "," field } ")" } .
//	subscript = "[" [ bound ] [ ":" [ bound ] ] "]" .
//	bound     = [ "-" ] INTEGER | expr .                               an expr that begins with no INTEGER
//	case      = "CASE" [ expr ] "WHEN" expr "THEN" expr
//	            { "WHEN" expr "THEN" expr | "ELSE" expr } "END" .
//	call      = IDENT args [ callOver ] .
//	args      = "(" [ expr { "," expr } [ "," ] ] ")" .
//	callOver  = "OVER" "(" [ partition ] [ "WHEN" expr | "ORDER" "BY" sortItems ] ")" .   not empty
//	partition = "PARTITION" "BY" expr { "," expr } .
//	window    = windowName args [ "FILTER" "(" "WHERE" expr ")" ]
//	            [ "OVER" "(" [ "WHEN" expr ] [ partition ] ")" ] .
//
// Operators bind in five ranks, from OR, AND, the comparisons with IN, BETWEEN and LIKE, + - | ^ to * / % & with
// subscripts and arrows, and all of them group from the left. The right side of BETWEEN counts as one operand: in
// a BETWEEN 1 AND 2 + 3 the sum is that of the range and 3, as the engine has it. EXCEPT and REPLACE anywhere but
// behind a star are operators of no meaning, which bind least of all.
//
//	create    = "CREATE" ( "STREAM" | "TABLE" ) IDENT columns "WITH" options ( EOF | ";" anything ) .
//	columns   = "(" [ column { "," column } [ "," ] ] ")" .
//	column    = IDENT type [ "DEFAULT" literal ] .
//	type      = "BIGINT" | "FLOAT" | "STRING" | "DATETIME" | "BOOLEAN" | "BYTEA"
//	          | "ARRAY" "(" type ")" | "STRUCT" "(" column { "," column } [ "," ] ")" .
//	options   = "(" { option | "," } ")" .
//	option    = name "=" ( STRING | "TRUE" | "FALSE" ) .               only double quotes
//	show      = "SHOW" ( "STREAMS" | "TABLES" ) ( EOF | ";" anything ) .
//	other     = ( "DESCRIBE" | "EXPLAIN" | "DROP" ) ( "STREAM" | "TABLE" ) IDENT anything .
//
// The words CREATE, STREAM, WITH and the like, types and option names are no reserved words and may stand in quotes.
//
// The engine reads a sign, and a point behind a name, without looking at tokens. So 1 -.5 is two numbers, a[-1.5] is
// refused and a[-.5] is not, a point after a dash is lost when no digit follows, and so is a character after a sign
// without digits: a[-x2] is a[-2]. After an arrow a name has no point; in ORDER BY one must have a name behind it. The
// word ARRAY swallows a token that is no bracket, and is then an array of nothing.
//
// # Numbers
//
// An integer beyond 64 bits is the nearest one within, but an error as the bound of a subscript. A sign belongs to the
// number after it, so LIMIT -1 has an integer and is a statement; Lint warns of it.
//
// # Messages
//
// A message has the words of the engine to the last byte, also where they end in a blank or a line break: what shows
// them may trim them, what answers a client of the engine must not. A literal in them is cut after some 2,000 bytes.
//
// # Limits
//
// The engine reads texts of any size, and a text of brackets only kills it. Here a statement is refused that exceeds
// MaxDepth, MaxTokens, MaxOperands or MaxPatterns, all far beyond any that is meant. Below them the time and the
// memory a text takes grow with its length and not faster, and chains of operators are no nesting: nothing here
// calls itself for each of their links.
//
// # Cost
//
// A rule takes two to three times as long as reading its tokens. The literals of tokens are parts of the text, nodes
// come several to an allocation (slab.go), and the checks of whole statements are made when there is a call that
// could fail them. A statement without faults costs CheckCalls and Lint no memory.
package streamsql
