package eval

import (
	"fmt"
	"math"

	"github.com/zclconf/go-cty/cty"
)

// The bounds of a local value. Locals that double each other would fill the machine's memory after thirty lines.
const (
	maxValueText  = 16 << 20 // bytes of all strings in it
	maxValueParts = 1 << 20  // elements and attributes
	maxLocalChain = 1000     // locals that refer to each other one after another
)

// sizer counts what a value holds, and stops where that is too much.
type sizer struct {
	text, parts int
	infinite    bool
}

// tooLarge says what of a value is too large for any flow, or nothing.
func tooLarge(v cty.Value) string {
	var s sizer
	s.add(v)
	switch {
	case s.infinite:
		return "holds a number too large for any program"
	case s.text > maxValueText:
		return fmt.Sprintf("holds more than %d MiB of text", maxValueText>>20)
	case s.parts > maxValueParts:
		return fmt.Sprintf("has more than %d parts", maxValueParts)
	}
	return ""
}

func (s *sizer) full() bool { return s.infinite || s.text > maxValueText || s.parts > maxValueParts }

func (s *sizer) add(v cty.Value) {
	s.parts++
	v, _ = v.Unmark()
	ty := v.Type()
	switch {
	case !v.IsKnown() || v.IsNull() || s.full():
	case ty == cty.String:
		s.text += len(v.AsString())
	case ty == cty.Number:
		f, _ := v.AsBigFloat().Float64()
		s.infinite = s.infinite || math.IsInf(f, 0)
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next() && !s.full(); {
			_, part := it.Element()
			s.add(part)
		}
	}
}
