package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// Read reads a script for the plugin of a vendor: one JSON object that is the script, and after it any number of objects that are recorded
// cases, of which those of other vendors are left out. An error says what is wrong and in which line. A member that the form does not have
// is an error: mistyped, it would be a check that nobody makes.
func Read(text []byte, vendor string) (Script, error) {
	var version struct {
		Format int `json:"format"`
	}
	err := json.NewDecoder(bytes.NewReader(text)).Decode(&version) // a mistake in what follows is told below
	switch {
	case err == nil && version.Format == 0:
		return Script{}, errors.New(`it does not say its form: begin it with {"format": 1`)
	case err == nil && version.Format != Format:
		return Script{}, fmt.Errorf("it is of form %d, and this authrun reads %d: use the authrun that fits it", version.Format, Format)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	d.UseNumber()
	var s Script
	if err := d.Decode(&s); err != nil {
		return Script{}, inLine(text, d.InputOffset(), err)
	}
	for {
		var c Case
		err := d.Decode(&c)
		switch {
		case err == io.EOF:
			return s, nil
		case err != nil:
			return Script{}, inLine(text, d.InputOffset(), err)
		case c.Unfinished != "" || c.Vendor != "" && c.Vendor != vendor:
		default:
			s.add(c)
		}
	}
}

// add puts a recorded case where it belongs by how it ended.
func (s *Script) add(c Case) {
	if c.Name == "" {
		c.Name = fmt.Sprintf("%s of %s at %s", c.Operation, c.Address, c.Time.UTC().Format("2006-01-02 15:04:05"))
	}
	if s.Config == nil {
		s.Config = c.Config
	}
	switch {
	case c.Class == "":
		s.Good = append(s.Good, c)
	case c.Operation == sdk.OpRenew && c.Class == sdk.TokenDead:
		s.Dead = append(s.Dead, c)
	default:
		s.Refused = append(s.Refused, c)
	}
}

// inLine says in which line of a text a mistake is, that json found at or after the offset.
func inLine(text []byte, offset int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is cut short: its last object has no end; a record whose writer was killed is whole without its last line")
	case errors.As(err, &syntax):
		offset = max(offset, syntax.Offset)
	case errors.As(err, &kind):
		what, _, _ := strings.Cut(kind.Value, " ") // "number 12"
		err = fmt.Errorf("%s cannot be the value of %s", what, named(kind.Field))
	}
	line := 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
	return fmt.Errorf("line %d: %w", line, err)
}

func named(field string) string {
	if field == "" {
		return "the whole"
	}
	return field
}
