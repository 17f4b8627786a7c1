package sdk_test

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// sent is what of a request the vendor sees.
type sent struct {
	Method, URL, Type, Body string
	Length                  int64
}

func TestRequests(t *testing.T) {
	type login struct {
		XMLName  xml.Name   `xml:"xml"`
		Username string     `xml:"username"`
		Password sdk.Secret `xml:"password"`
		Port     sdk.Text   `xml:"port,omitempty"`
	}
	const multi = "------authrun-form-0\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1 & ü\r\n" +
		"------authrun-form-0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n------authrun-form-0--\r\n"
	for _, c := range []struct {
		name    string
		body    sdk.Body
		options []sdk.RequestOption
		want    sent
	}{
		{name: "no body", want: sent{"POST", "https://vendor.example/p?x=1", "", "", 0}},
		{name: "JSON", body: sdk.JSON(map[string]any{"b": sdk.Secret("s&<"), "a": 1}), want: sent{"POST", "https://vendor.example/p?x=1", "application/json", `{"a":1,"b":"s&<"}`, 17}},
		{name: "form", body: sdk.Form("b", "1 & ü", "a", ""), want: sent{"POST", "https://vendor.example/p?x=1", "application/x-www-form-urlencoded", "b=1+%26+%C3%BC&a=", 17}},
		{name: "empty form", body: sdk.Form(), want: sent{"POST", "https://vendor.example/p?x=1", "application/x-www-form-urlencoded", "", 0}},
		{name: "multipart", body: sdk.Multipart("b", "1 & ü", "a", ""),
			want: sent{"POST", "https://vendor.example/p?x=1", "multipart/form-data; boundary=----authrun-form-0", multi, int64(len(multi))}},
		{name: "XML", body: sdk.XML(login{Username: "a<b", Password: "s3cr3t"}),
			want: sent{"POST", "https://vendor.example/p?x=1", "application/xml; charset=utf-8",
				xml.Header + "<xml><username>a&lt;b</username><password>s3cr3t</password></xml>", 104}},
		{name: "raw", body: sdk.Raw("text/plain", []byte("hello")), want: sent{"POST", "https://vendor.example/p?x=1", "text/plain", "hello", 5}},
		{name: "options", body: sdk.Raw("text/plain", []byte("hello")),
			options: []sdk.RequestOption{sdk.Header("Content-Type", "text/odd"), sdk.Query("b", "1:2", "a", "ü"), sdk.Query()},
			want:    sent{"POST", "https://vendor.example/p?x=1&b=1%3A2&a=%C3%BC", "text/odd", "hello", 5}},
	} {
		var got sent
		vendor := transport(func(r *http.Request) (*http.Response, error) {
			if r.Body != nil {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got.Body = string(body)
			}
			got.Method, got.URL, got.Type, got.Length = r.Method, r.URL.String(), r.Header.Get("Content-Type"), r.ContentLength
			return says(200, "")(r)
		})
		inHost(t, vendor, func(ctx context.Context, h *sdk.Host) {
			if _, err := h.Post(ctx, "https://vendor.example/p?x=1", c.body, c.options...); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

func TestBoundaryIsNotPartOfAValue(t *testing.T) {
	value := "----authrun-form-0 and ----authrun-form-1"
	vendor := transport(func(r *http.Request) (*http.Response, error) {
		if err := r.ParseMultipartForm(1 << 20); err != nil || r.FormValue("v") != value {
			t.Errorf("got %q, %v", r.FormValue("v"), err)
		}
		return says(200, "")(r)
	})
	inHost(t, vendor, func(ctx context.Context, h *sdk.Host) {
		if _, err := h.Post(ctx, "https://vendor.example/", sdk.Multipart("v", value)); err != nil {
			t.Error(err)
		}
	})
}

func TestWrongBodyIsABug(t *testing.T) {
	for name, body := range map[string]sdk.Body{
		"JSON": sdk.JSON(func() {}), "XML": sdk.XML(map[string]string{"SECRET": "SECRET"}), "form": sdk.Form("a"), "multipart": sdk.Multipart("a", "b", "SECRET"),
	} {
		inHost(t, says(200, ""), func(ctx context.Context, h *sdk.Host) {
			_, err := h.Post(ctx, "https://vendor.example/", body)
			if sdk.ClassOf(err) != sdk.Unsupported || !strings.Contains(err.Error(), "a bug in the plugin") || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := h.Get(ctx, "https://vendor.example/", sdk.Query("a")); sdk.ClassOf(err) != sdk.Unsupported {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestAnswerXML(t *testing.T) {
	type answer struct {
		Status string   `xml:"status"`
		Errno  sdk.Text `xml:"errno"`
		Life   sdk.Int  `xml:"life"`
	}
	for _, c := range []struct{ name, body, problem string }{
		{"plain", `<?xml version="1.0" encoding="UTF-8" ?><xml><status>Failed</status><errno>30003</errno><life>1800.0</life></xml>`, ""},
		{"another charset", `<?xml version="1.0" encoding="gb2312"?><xml><status>Failed</status><errno>30003</errno><life>1800</life><more/></xml>`, ""},
		{"byte order mark", "\xef\xbb\xbf\n<xml><status>Failed</status><errno>30003</errno><life> 1800 </life></xml>", ""},
		{"invalid UTF-8", "<xml><status>Failed</status><errno>30003</errno><life>1800</life><odd>\xff</odd></xml>", ""},
		{"empty", " ", "malformed_answer: the vendor's answer is empty"},
		{"JSON", `{"SECRET": 1}`, "malformed_answer: the vendor's answer is not XML"},
		{"HTML", "<html>SECRET</html>", "malformed_answer: the vendor's answer is not XML but an HTML page"},
		{"cut short", "<xml><status>SECRET</sta", "malformed_answer: the vendor's answer is XML that is cut short"},
		{"crossed", "<xml><SECRET></xml></SECRET>", "malformed_answer: the vendor's answer is not XML as expected"},
		{"no number", "<xml><life>SECRET</life></xml>", "malformed_answer: the vendor's answer is not XML as expected"},
	} {
		inHost(t, says(200, c.body), func(ctx context.Context, h *sdk.Host) {
			a, err := h.Get(ctx, "https://vendor.example/")
			if err != nil {
				t.Fatal(err)
			}
			var got answer
			err = a.XML(&got)
			if c.problem == "" && (err != nil || got != answer{"Failed", "30003", 1800}) {
				t.Errorf("%s: got %+v, %v", c.name, got, err)
			}
			if c.problem != "" && (err == nil || err.Error() != c.problem) {
				t.Errorf("%s: got %v", c.name, err)
			}
		})
	}
}
