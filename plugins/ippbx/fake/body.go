package fake

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// readJSON reads a JSON object of plain values whose names are all different, and nothing behind it.
func readJSON(body []byte) (fields, error) {
	members, err := fakevendor.Members(body)
	if err != nil {
		return nil, err
	}
	f := fields{}
	for name, value := range members {
		if f[name], err = jsonField(value); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func jsonField(value json.RawMessage) (field, error) {
	switch c := value[0]; {
	case c == '"':
		var s string
		err := json.Unmarshal(value, &s)
		return field{s, quoted}, err
	case c == '-' || c >= '0' && c <= '9':
		return field{string(value), number}, nil
	}
	return field{string(value), other}, nil
}

// readXML reads a declaration and a root <xml> of plain elements whose names are all different, and nothing behind it.
func readXML(body []byte) (fields, error) {
	if !bytes.HasPrefix(body, []byte(`<?xml version="1.0" encoding="UTF-8"`)) {
		return nil, errors.New("the body does not begin with the XML declaration")
	}
	var root struct {
		XMLName  xml.Name   `xml:"xml"`
		Attrs    []xml.Attr `xml:",any,attr"`
		Words    string     `xml:",chardata"`
		Elements []struct {
			XMLName  xml.Name
			Attrs    []xml.Attr `xml:",any,attr"`
			Words    string     `xml:",chardata"`
			Elements []struct{} `xml:",any"`
		} `xml:",any"`
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&root); err != nil {
		return nil, errors.New("the body is not XML with the root xml")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the root element")
	}
	if len(root.Attrs) > 0 || strings.TrimSpace(root.Words) != "" {
		return nil, errors.New("the root element has attributes or words of its own")
	}
	f := fields{}
	for _, e := range root.Elements {
		name := e.XMLName.Local
		if _, twice := f[name]; twice {
			return nil, fmt.Errorf("the field %s is there twice", name)
		}
		if len(e.Attrs) > 0 || len(e.Elements) > 0 || e.XMLName.Space != "" {
			return nil, fmt.Errorf("the field %s is more than a plain element", name)
		}
		f[name] = field{text: e.Words}
	}
	return f, nil
}
