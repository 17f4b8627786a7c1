package sdk

import (
	"bytes"
	"encoding/xml"
	"errors"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
)

// Body is the body of a request: made by [JSON], [Form], [Multipart], [XML] or [Raw].
type Body interface {
	encode() (contentType string, body []byte, err error)
}

type bodyFunc func() (string, []byte, error)

func (f bodyFunc) encode() (string, []byte, error) { return f() }

var errPairs = errors.New("names and values must come in pairs")

// JSON is v as JSON, of type application/json. Secrets in v are written as they are.
func JSON(v any) Body {
	return bodyFunc(func() (string, []byte, error) {
		raw, err := marshal(v)
		return "application/json", raw, err
	})
}

// Form is a form of type application/x-www-form-urlencoded, made of names and values in turn. Their order is kept.
func Form(namesAndValues ...string) Body {
	return bodyFunc(func() (string, []byte, error) {
		query, err := encodePairs(namesAndValues)
		return "application/x-www-form-urlencoded", []byte(query), err
	})
}

// Multipart is a form of type multipart/form-data, made of names and values in turn. Their order is kept.
func Multipart(namesAndValues ...string) Body {
	return bodyFunc(func() (string, []byte, error) {
		if len(namesAndValues)%2 != 0 {
			return "", nil, errPairs
		}
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		if err := w.SetBoundary(boundary(namesAndValues)); err != nil {
			return "", nil, err
		}
		for i := 0; i < len(namesAndValues); i += 2 {
			if err := w.WriteField(namesAndValues[i], namesAndValues[i+1]); err != nil {
				return "", nil, err
			}
		}
		err := w.Close()
		return w.FormDataContentType(), b.Bytes(), err
	})
}

// boundary is a line that is part of none of the texts. It is no random one, so that the same form is the same request.
func boundary(texts []string) string {
	for n := 0; ; n++ {
		line := "----authrun-form-" + strconv.Itoa(n)
		free := true
		for _, text := range texts {
			free = free && !strings.Contains(text, line)
		}
		if free {
			return line
		}
	}
}

// XML is v as XML with the XML declaration before it, of type application/xml. The root element is named by v's XMLName field.
func XML(v any) Body {
	return bodyFunc(func() (string, []byte, error) {
		raw, err := xml.Marshal(v)
		return "application/xml; charset=utf-8", append([]byte(xml.Header), raw...), err
	})
}

// Raw is a body as it is.
func Raw(contentType string, body []byte) Body {
	return bodyFunc(func() (string, []byte, error) { return contentType, body, nil })
}

// encodePairs is names and values in turn as a query or form, in their order.
func encodePairs(namesAndValues []string) (string, error) {
	if len(namesAndValues)%2 != 0 {
		return "", errPairs
	}
	var b strings.Builder
	for i := 0; i < len(namesAndValues); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(namesAndValues[i]))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(namesAndValues[i+1]))
	}
	return b.String(), nil
}
