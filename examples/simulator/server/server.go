// Package server is the five vendors and an OAuth 2.0 server in one HTTP handler: the fakes that stand beside the plugins, each under a path
// prefix of its own, with the accounts that the example flows use.
//
//	/sipauth /easemob /ippbx /ekuaibao /lingju   the vendors
//	/oauth2                                      the OAuth 2.0 server
//	/_calls                                      number of requests that each of them got, as a JSON object
//	/_violations                                 what was wrong with requests by the vendors' documents, as a JSON object of lists
//
// The simulator (package main above it), the demo and tests of the examples serve it. It is not part of authrun.
package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Options say what the vendors are like.
type Options struct {
	Now    func() time.Time // the vendors' clock; nil: time.Now
	Delay  time.Duration    // real time that every answer of a vendor takes, as a network would
	Refuse []string         // vendors that refuse every secret, the right one too
}

// Server is the handler. Its methods may be called at the same time from many goroutines.
type Server struct {
	vendors map[string]vendor
	delay   time.Duration
}

// New makes the vendors, with no token handed out. It fails where Options.Refuse names none of them.
func New(o Options) (*Server, error) {
	s := &Server{vendors: vendors(o.Now), delay: o.Delay}
	for _, name := range o.Refuse {
		v, ok := s.vendors[name]
		if !ok {
			return nil, fmt.Errorf("there is no vendor %q; the vendors are %s", name, strings.Join(s.Vendors(), ", "))
		}
		v.Refuse(wrongSecret[name])
	}
	return s, nil
}

// Vendors are the vendors' names, which are the path prefixes too, in alphabetical order.
func (s *Server) Vendors() []string { return slices.Sorted(maps.Keys(s.vendors)) }

// Calls is the number of requests that each vendor got.
func (s *Server) Calls() map[string]int {
	calls := map[string]int{}
	for name, v := range s.vendors {
		calls[name] = v.Calls()
	}
	return calls
}

// Violations lists for each vendor what was wrong with requests by its documents; a vendor without any is left out.
func (s *Server) Violations() map[string][]string {
	violations := map[string][]string{}
	for name, v := range s.vendors {
		if wrong := v.Violations(); len(wrong) > 0 {
			violations[name] = wrong
		}
	}
	return violations
}

// ServeHTTP passes a request on to its vendor, which sees the path without the prefix.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch v, ok := s.vendors[name]; {
	case name == "_calls":
		reply(w, s.Calls())
	case name == "_violations":
		reply(w, s.Violations())
	case !ok:
		http.NotFound(w, r)
	default:
		if !wait(r, s.delay) {
			return
		}
		http.StripPrefix("/"+name, v).ServeHTTP(w, r)
	}
}

// reply writes a JSON object.
func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a caller that hung up is not the server's concern
}

// wait lets time pass. It returns false where the caller did not wait as long.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
