package resource

import (
	"fmt"
	"strings"
)

var windowUnits = set("dd", "hh", "mi", "ss", "ms")

// window judges the sizes of a window.
func (o *operatorNode) window() {
	typ, size, interval := strings.ToLower(o.text("type", "")), o.number("size", 0), o.number("interval", 0)
	if size <= 0 {
		o.fail("size", "", fmt.Sprintf("window size %d is invalid", size))
		return
	}
	if prop, msg := windowFault(typ, size, interval); msg != "" {
		o.fail(prop, "", msg)
		return
	}
	if unit := o.text("unit", ""); typ != "countwindow" && !windowUnits[strings.ToLower(unit)] {
		o.fail("unit", "write one of dd, hh, mi, ss, ms", fmt.Sprintf("Invalid unit %s", unit))
	}
}

// windowFault returns what is wrong with the interval of a window, and the property that
// is at fault.
func windowFault(typ string, size, interval int64) (prop, msg string) {
	switch typ {
	case "tumblingwindow", "slidingwindow":
		if interval != 0 && interval != size {
			return "interval", "tumbling window interval must equal to size"
		}
	case "hoppingwindow", "sessionwindow":
		if interval <= 0 {
			return "interval", "hopping window interval must be greater than 0"
		}
		if typ == "hoppingwindow" && interval > size {
			return "interval", "hopping window interval must be less than size"
		}
	case "countwindow":
		if interval < 0 {
			return "interval", "count window interval must be greater or equal to 0"
		}
		if interval > size {
			return "interval", "count window interval must be less than size"
		}
	default:
		return "type", "unknown window type " + typ
	}
	return "", ""
}
