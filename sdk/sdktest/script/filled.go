package script

import (
	"fmt"
	"slices"
)

// Filled is the script with a text in the place of every placeholder that a plugin would be given: in arguments, in what is held and in
// answers. Those in requests and in the values of credentials stay: they are compared.
func (s Script) Filled() Script {
	s.Config = fillObject(s.Config, "config")
	s.Good, s.Refused, s.Dead = fillCases(s.Good, "good"), fillCases(s.Refused, "refused"), fillCases(s.Dead, "dead")
	return s
}

func fillCases(cases []Case, list string) []Case {
	filled := slices.Clone(cases)
	for i := range filled {
		c := &filled[i]
		c.Config = fillObject(c.Config, "config")
		c.Held = fillObject(c.Held, "held")
		c.Exchanges = slices.Clone(c.Exchanges)
		for j := range c.Exchanges {
			seed := fmt.Sprintf("%s %d, answer %d", list, i, j)
			a := &c.Exchanges[j].Answer
			a.Body = Body(fill(string(a.Body), seed))
			if a.Headers != nil {
				headers := make(map[string]string, len(a.Headers))
				for name, value := range a.Headers {
					headers[name] = fill(value, seed+" "+name)
				}
				a.Headers = headers
			}
		}
	}
	return filled
}

// fillObject fills an object; nil stays nil. One argument has one value, whichever case it stands in.
func fillObject(members map[string]any, seed string) map[string]any {
	if members == nil {
		return nil
	}
	return fillValue(members, seed).(map[string]any)
}
