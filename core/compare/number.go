package compare

import (
	"strconv"
	"strings"
)

// canonical returns one spelling for all spellings of a JSON number: its digits without
// zeros at either end, and a power of ten. A number whose exponent is beyond all
// measure is returned as it is.
func canonical(number string) string {
	digits, negative := strings.CutPrefix(number, "-")
	exponent := 0
	if e := strings.IndexAny(digits, "eE"); e >= 0 {
		n, err := strconv.ParseInt(digits[e+1:], 10, 32)
		if err != nil {
			return number
		}
		digits, exponent = digits[:e], int(n)
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	digits = strings.TrimLeft(whole+fraction, "0")
	exponent -= len(fraction)
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	short += "e" + strconv.Itoa(exponent+len(digits)-len(short))
	if negative {
		return "-" + short
	}
	return short
}
