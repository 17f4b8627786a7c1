package fakevendor_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// A vendor with one documented request, a token for whoever knows the secret.
func Example() {
	vendor := fakevendor.New(fakevendor.Routes{
		"POST /token": func(r fakevendor.Request) fakevendor.Answer {
			form := r.Fields()
			switch {
			case form.Get("app_id") == "":
				return fakevendor.Answer{Status: 400, Violation: "the field app_id is missing"}
			case r.Refused != "":
				return fakevendor.Answer{Body: map[string]any{"code": r.Refused}}
			case form.Get("secret") != "opensesame":
				return fakevendor.Answer{Body: map[string]any{"code": "1001"}}
			}
			return fakevendor.Answer{Body: map[string]any{"code": "0", "token": "tk-1", "seconds": 7200}}
		},
	})
	server := httptest.NewServer(vendor)
	defer server.Close()

	ask := func(form url.Values) {
		resp, err := http.PostForm(server.URL+"/token", form)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	ask(url.Values{"app_id": {"a"}, "secret": {"opensesame"}})
	vendor.Misbehave(fakevendor.Misbehaviour{Status: 503, Times: 1})
	ask(url.Values{"app_id": {"a"}, "secret": {"opensesame"}})
	ask(url.Values{"secret": {"opensesame"}})
	fmt.Println(vendor.Calls(), "calls;", vendor.Violations())
	// Output:
	// 200
	// 503
	// 400
	// 3 calls; [POST /token: the field app_id is missing]
}
