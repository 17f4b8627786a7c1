package wire

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/google/go-cmp/cmp"
)

func TestRequest(t *testing.T) {
	r, err := http.NewRequest("", "https://u:p@v.example:8443/a%2Fb?c=d", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"X": {"2", "1"}, "Connection": {"close"}, "content-length": {"5"}, "Host": {"evil"}}
	got, err := RequestFromProto(context.Background(), RequestToProto(r, []byte("body"), nil))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(got.Body)
	if got.Method != http.MethodGet || got.URL.String() != r.URL.String() || got.Host != "v.example:8443" || string(body) != "body" || got.ContentLength != 4 {
		t.Errorf("got %s %s, host %s, with %q", got.Method, got.URL, got.Host, body)
	}
	if diff := cmp.Diff(http.Header{"X": {"2", "1"}}, got.Header); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRequestRefused(t *testing.T) {
	large := &pluginpb.Header{Name: "X", Value: make([]byte, MaxHeaders)}
	for want, in := range map[string]*pluginpb.HttpRequest{
		"the request is larger than 1 MiB":    {Url: "http://v/", Body: make([]byte, MaxBody+1)},
		"the request has no http(s) URL":      {Url: "/secret"},
		"the request has no valid method":     {Url: "http://v/", Method: "GET secret"},
		"the headers are larger than 256 KiB": {Url: "http://v/", Headers: []*pluginpb.Header{large}},
	} {
		if _, err := RequestFromProto(context.Background(), in); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, url := range []string{"", "http://", "file:///etc/passwd", "http://v/%zz", "ht tp://v/", "//v/"} {
		if _, err := RequestFromProto(context.Background(), &pluginpb.HttpRequest{Url: url}); err == nil || err.Error() != "the request has no http(s) URL" {
			t.Errorf("%q: got %v", url, err)
		}
	}
}

func TestResponse(t *testing.T) {
	r := &http.Request{}
	in := &http.Response{StatusCode: 503, Header: http.Header{"Retry-After": {"5"}, "Transfer-Encoding": {"chunked"}}}
	got, err := ResponseFromProto(r, ResponseToProto(in, []byte("later")))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(got.Body)
	if got.Status != "503 Service Unavailable" || string(body) != "later" || got.ContentLength != 5 || got.Request != r || len(got.Header) != 1 {
		t.Errorf("got %+v with %q", got, body)
	}
	if _, err := ResponseFromProto(r, &pluginpb.HttpResponse{}); err == nil || !strings.Contains(err.Error(), "without an HTTP status") {
		t.Errorf("got %v", err)
	}
}
