package resource

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"ekuiper-console/core"
	"ekuiper-console/core/jsonscan"
)

// RuleOption is the options object of a rule.
type RuleOption struct {
	Debug                     bool                  `json:"debug"`
	LogFilename               string                `json:"logFilename"`
	IsEventTime               bool                  `json:"isEventTime"`
	LateTolerance             Duration              `json:"lateTolerance"`
	Concurrency               *int                  `json:"concurrency"`
	BufferLength              *int                  `json:"bufferLength"`
	SendMetaToSink            bool                  `json:"sendMetaToSink"`
	SendNilField              bool                  `json:"sendNilField"`
	SendError                 bool                  `json:"sendError"`
	Qos                       Qos                   `json:"qos"`
	CheckpointInterval        Duration              `json:"checkpointInterval"`
	RestartStrategy           *RestartStrategy      `json:"restartStrategy"`
	Cron                      string                `json:"cron"`
	Duration                  string                `json:"duration"`
	CronDatetimeRange         []DatetimeRange       `json:"cronDatetimeRange"`
	PlanOptimizeStrategy      *PlanOptimizeStrategy `json:"planOptimizeStrategy"`
	NotifySub                 bool                  `json:"notifySub"`
	DisableBufferFullDiscard  bool                  `json:"disableBufferFullDiscard"`
	EnableSaveStateBeforeStop bool                  `json:"enableSaveStateBeforeStop"`
	ForceExitTimeout          Duration              `json:"forceExitTimeout"`
	Experiment                *ExpOpts              `json:"experiment"`
}

// Qos is how often a message may arrive: 0 at most once, 1 at least once, 2 exactly
// once. The engine takes any number.
type Qos int

// RestartStrategy says how often a rule that failed is started again.
type RestartStrategy struct {
	Attempts int `json:"attempts"`
}

// DatetimeRange is a time in which a rule may run: by text in the form
// "2006-01-02 15:04:05", or in milliseconds since 1970.
type DatetimeRange struct {
	Begin          string `json:"begin"`
	End            string `json:"end"`
	BeginTimestamp int64  `json:"beginTimestamp"`
	EndTimestamp   int64  `json:"endTimestamp"`
}

// PlanOptimizeStrategy switches parts of the engine's planner.
type PlanOptimizeStrategy struct {
	EnableIncrementalWindow bool             `json:"enableIncrementalWindow"`
	EnableAliasPushdown     bool             `json:"enableAliasPushdown"`
	DisableAliasRefCal      bool             `json:"disableAliasRefCal"`
	OptimizeControl         *OptimizeControl `json:"optimizeControl"`
	WindowOption            *WindowOption    `json:"windowOption"`
}

// OptimizeControl names planner rules to leave out.
type OptimizeControl struct {
	DisableOptimizeRules []string `json:"disableOptimizeRules"`
}

// WindowOption chooses how windows are run.
type WindowOption struct {
	EnableSendSlidingWindowTwice bool   `json:"enableSendSlidingWindowTwice"`
	WindowVersion                string `json:"windowVersion"`
}

// ExpOpts switches what the engine still tries out.
type ExpOpts struct {
	UseSliceTuple bool `json:"useSliceTuple"`
}

// Duration is a time given as a Go duration ("300ms", "1h2m") or as an integer
// number of milliseconds.
type Duration time.Duration

// UnmarshalJSON reads a duration; its errors are in the engine's words.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		parsed, err := time.ParseDuration(v)
		*d = Duration(parsed)
		return err
	case float64:
		if v != math.Trunc(v) {
			return fmt.Errorf("duration %v is not an integer", v)
		}
		*d = Duration(time.Duration(v) * time.Millisecond)
		return nil
	}
	return fmt.Errorf("unsupported type:%t", v)
}

// optionNames are the names of the options, as the engine writes them.
var optionNames = jsonNames(reflect.TypeFor[RuleOption]())

func jsonNames(t reflect.Type) []string {
	var all []string
	for f := range t.Fields() {
		all = append(all, f.Tag.Get("json"))
	}
	return all
}

// unknownOptions warns of options that the engine does not know: it passes over them.
func (r *Rule) unknownOptions() []core.Finding {
	const most = 10
	at := r.optionsAt
	if at == 0 {
		at = place(r.text, "options")
	}
	if at < 0 || r.text[at] != '{' {
		return nil
	}
	var findings []core.Finding
	s := jsonscan.Scanner{Data: []byte(r.text), Pos: at}
	_ = s.Members(func(name string) error {
		known := slices.Contains(optionNames, name) || slices.ContainsFunc(optionNames, func(o string) bool { return strings.EqualFold(o, name) })
		if !known && len(findings) < most {
			findings = append(findings, warning(r.ref, didYouMean(name, optionNames), "there is no option %s; it is ignored", name).At(r.text, s.Pos))
		}
		s.Skip()
		return nil
	})
	return findings
}

// large warns of numbers that no machine can serve, though the engine takes them.
func (r *Rule) large() []core.Finding {
	const large = 1_000_000
	if r.Options == nil {
		return nil
	}
	var findings []core.Finding
	for name, n := range map[string]*int{"concurrency": r.Options.Concurrency, "bufferLength": r.Options.BufferLength} {
		if n != nil && *n > large {
			f := warning(r.ref, "", "%s is %d: that may take all memory", name, *n)
			findings = append(findings, f.At(r.text, place(r.text, "options", name)))
		}
	}
	slices.SortFunc(findings, func(a, b core.Finding) int { return cmp.Compare(a.Offset, b.Offset) })
	return findings
}

// faults returns the engine's lines about values out of range.
func (o *RuleOption) faults() []string {
	if o == nil {
		return nil
	}
	var lines []string
	if o.Concurrency != nil && *o.Concurrency < 0 {
		lines = append(lines, "invalidConcurrency:concurrency must be greater than 0")
	}
	if o.BufferLength != nil && *o.BufferLength < 0 {
		lines = append(lines, "invalidBufferLength:bufferLength must be greater than 0")
	}
	if o.LateTolerance < 0 {
		lines = append(lines, "invalidLateTol:lateTol must be greater than 0")
	}
	if o.RestartStrategy != nil && o.RestartStrategy.Attempts < 0 {
		lines = append(lines, "invalidRestartAttempts:restart attempts must be greater than 0")
	}
	for _, r := range o.CronDatetimeRange {
		if msg := r.fault(); msg != "" {
			lines = append(lines, "validate cronDatetimeRange failed, err:"+msg)
			break
		}
	}
	return lines
}

// fault returns what is wrong with the range, or "". The engine goes by the timestamps only if both are above zero.
func (r DatetimeRange) fault() string {
	if r.BeginTimestamp > 0 && r.EndTimestamp > 0 {
		if r.BeginTimestamp > r.EndTimestamp {
			return "begin time shouldn't after end time"
		}
		return ""
	}
	begin, err := time.Parse(time.DateTime, r.Begin)
	if err != nil {
		return "Can't parse string as time: " + r.Begin
	}
	end, err := time.Parse(time.DateTime, r.End)
	if err != nil {
		return "Can't parse string as time: " + r.End
	}
	if begin.After(end) {
		return "begin time shouldn't after end time"
	}
	return ""
}
