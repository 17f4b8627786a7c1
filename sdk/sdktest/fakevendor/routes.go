package fakevendor

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// mostBody is more than any documented request needs.
const mostBody = 1 << 20

// Routes is a vendor's server by what it answers: the key is a method and a path as [http.ServeMux] has them, "POST /v1/token".
type Routes map[string]func(Request) Answer

// Server is a fake vendor made of routes.
type Server struct {
	Control
	mux *http.ServeMux
}

// New makes a server of routes. A request for which there is no route is answered with 404 and is a violation. It panics where a key of the
// routes makes no sense, as [http.ServeMux] does.
func New(routes Routes) *Server {
	s := &Server{mux: http.NewServeMux()}
	for pattern, answer := range routes {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, answer) })
	}
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		if !s.Enter(w, r, r.Method+" "+r.URL.Path+": the vendor documents no such request") {
			w.WriteHeader(http.StatusNotFound)
		}
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, route func(Request) Answer) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody))
	if err != nil {
		body = nil // a caller that breaks off has no answer to read either
	}
	a := route(Request{Request: r, Content: body, Refused: s.Refusal()})
	problem := ""
	if a.Violation != "" {
		problem = r.Method + " " + r.URL.Path + ": " + a.Violation
	}
	if s.Enter(w, r, problem) {
		return
	}
	a.write(w)
}

// Request is a request that came.
type Request struct {
	*http.Request
	Content []byte // of the body
	Refused string // the error that [Control.Refuse] asks for; empty: none
}

// Object is the body as a JSON object; empty where it is none, or its type is not application/json.
func (r Request) Object() map[string]any {
	object := map[string]any{}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" || json.Unmarshal(r.Content, &object) != nil {
		return map[string]any{}
	}
	return object
}

// Fields is the body as a form, urlencoded or multipart; empty where it is none.
func (r Request) Fields() url.Values {
	kind, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(r.Content)) // what can be read of it
		return form
	case "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(r.Content), parameters["boundary"]).ReadForm(mostBody)
		if err != nil {
			return url.Values{}
		}
		return form.Value
	}
	return url.Values{}
}

// Answer is what the vendor answers.
type Answer struct {
	Status int         // 0: 200
	Header http.Header // beside Content-Type
	Body   any         // a string or []byte as it is, nil for none, all else as JSON
	// Violation says what is wrong with the request by the vendor's documents, in words that hold none of the values sent; empty: nothing.
	Violation string
}

func (a Answer) write(w http.ResponseWriter) {
	var body []byte
	switch b := a.Body.(type) {
	case nil:
	case string:
		body = []byte(b)
	case []byte:
		body = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			panic("fakevendor: an answer's body cannot be written as JSON: " + err.Error())
		}
		body = text
		w.Header().Set("Content-Type", "application/json")
	}
	for name, values := range a.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(body) // a caller that hung up is not the server's concern
}
