package resource

import (
	"regexp"
	"strings"
	"text/template/parse"

	"ekuiper-console/core"
)

// maxActions bounds how many actions a template may have to be parsed: they nest, and the
// parser recurses with them.
const maxActions = 10_000

// action is what makes a property a template, beside the data template.
var action = regexp.MustCompile(`{{(.*?)}}`)

// templates judges the syntax of the data template and of the other properties that take their values
// from the data.
func (s *stage) templates(d *decoding) {
	if text := d.text("dataTemplate", ""); text != "" {
		s.template(text, "dataTemplate")
	}
	s.dynamic(d.props)
}

func (s *stage) dynamic(props map[string]any, path ...any) {
	for _, key := range sortedKeys(props) {
		switch v := props[key].(type) {
		case string:
			if !strings.EqualFold(key, "dataTemplate") && strings.Contains(v, "{{") && action.MatchString(v) {
				s.template(v, append(path, key)...)
			}
		case map[string]any:
			if !strings.EqualFold(key, "oauth") { // its templates are of the answer, not of the data
				s.dynamic(v, append(path, key)...)
			}
		}
	}
}

func (s *stage) template(text string, path ...any) {
	switch n := strings.Count(text, "{{"); {
	case n == 0:
		return
	case n > maxActions:
		s.add(core.Warn, Need{}, "", "the template is too long to be parsed here; it was not checked", path...)
		return
	}
	if wrong := s.repeats.wrongTemplate(text); wrong != "" {
		s.add(core.Fault, Need{}, "", wrong, path...)
	}
}

// wrongTemplate returns what is wrong with a template, in the words of the parser, or "".
func wrongTemplate(text string) string {
	if _, err := parse.New("sink").Parse(text, "", "", map[string]*parse.Tree{}, templateFuncs); err != nil {
		return err.Error()
	}
	return ""
}

// templateFuncs are the functions that templates may call: those of text/template, of sprig, and the engine's own.
var templateFuncs = functions(`
abbrev abbrevboth add add1 add1f addf adler32sum ago all and any append atoi b32dec b32enc b64dec b64enc base base64
bcrypt biggest buildCustomCert call camelcase cat ceil chunk clean coalesce compact concat contains date
date_in_zone date_modify dateInZone dateModify decryptAES deepCopy deepEqual default derivePassword dict dig dir div
divf duration durationRound empty encryptAES env eq expandenv ext fail first float64 floor fromJson ge genCA
genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get
getHostByName gt has hasKey hasPrefix hasSuffix hello html htmlDate htmlDateInZone htpasswd indent index initial
initials int int64 isAbs join js json kebabcase keys kindIs kindOf last le len list lower lt max maxf merge
mergeOverwrite meta min minf mod mul mulf must_date_modify mustAppend mustChunk mustCompact mustDateModify
mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush
mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest
mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout ne nindent nospace
not now omit or osBase osClean osDir osExt osIsAbs pick pluck plural prepend print printf println prop push quote
randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta
regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver semverCompare seq set
sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn squote sub subf substr swapcase
ternary title toDate toDecimal toJson toPrettyJson toRawJson toString toStrings trim trimAll trimall trimPrefix
trimSuffix trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse
urlquery uuidv4 values without wrap wrapWith
`)

func functions(list string) map[string]any {
	all := map[string]any{}
	for _, name := range strings.Fields(list) {
		all[name] = true
	}
	return all
}
