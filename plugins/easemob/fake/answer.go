package fake

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"
)

// refusals are the vendor's errors by name, with the HTTP status and the words that come with them.
var refusals = map[string]struct {
	status int
	words  string
}{
	"invalid_grant":                      {400, "invalid username or password"},
	"illegal_argument":                   {400, "illegal argument"},
	"unauthorized":                       {401, "Unable to authenticate (OAuth)"},
	"forbidden_op":                       {403, "operation is forbidden"},
	"organization_application_not_found": {404, "Could not find application for org/app"},
	"web_application":                    {415, "HTTP 415 Unsupported Media Type"},
	"reach_limit":                        {429, "You have exceeded the limit of this API"},
	"resource_limited":                   {429, "The service of this app is limited, please upgrade"},
	"internal_server_error":              {500, "internal server error"},
	"service_unavailable":                {503, "service is not available"},
}

// The odd shapes that real servers of this kind give their answers.
const (
	NumbersAsStrings Oddity = "numbers as strings" // "expires_in":"1024000"
	NumbersAsFloats  Oddity = "numbers as floats"  // "expires_in":1024000.0
	TokenMissing     Oddity = "token missing"
	TokenNull        Oddity = "token null"
	TokenEmpty       Oddity = "token empty"
	TokenNumber      Oddity = "token number"
	ExpiresMissing   Oddity = "expires_in missing"
	ExpiresNull      Oddity = "expires_in null"
	ExpiresZero      Oddity = "expires_in 0"
	ExpiresNegative  Oddity = "expires_in negative"
	ExpiresHuge      Oddity = "expires_in huge"     // the largest 64-bit number
	ExpiresOverflow  Oddity = "expires_in overflow" // beyond 64 bits
	TrailingComma    Oddity = "trailing comma"      // before the last brace
	ByteOrderMark    Oddity = "byte order mark"     // before the first one
	UnknownFields    Oddity = "unknown fields"
)

type answer struct {
	status int
	body   map[string]any
	odd    map[Oddity]bool
}

// answer decides what the real vendor would answer. The caller holds s.mu.
func (s *Server) answer(r request, p *problem) answer {
	now := s.options.Now()
	soon := s.options.Interval > 0 && !s.fetched.IsZero() && now.Sub(s.fetched) < s.options.Interval
	if !r.later {
		s.fetched = now // a failed one included
	}
	switch {
	case s.Refusal() != "":
		return s.refusal(s.Refusal())
	case p != nil:
		return s.failure(p.status, p.code, p.text)
	case r.later && !s.alive(r.bearer):
		return s.refusal("unauthorized")
	case r.later:
		return answer{status: http.StatusOK, body: map[string]any{"entities": []any{}, "count": 0}}
	case soon:
		return s.refusal("reach_limit")
	case r.clientID != s.options.Account.ClientID || r.clientSecret != s.options.Account.ClientSecret:
		return s.refusal("invalid_grant")
	}
	return s.grant(r.ttl)
}

// grant issues a token for the lifetime that the request wants, else for the console's.
func (s *Server) grant(ttl *int64) answer {
	unit := time.Second
	if s.options.Millis {
		unit = time.Millisecond
	}
	life, expires := s.options.Life, int64(s.options.Life/unit)
	if ttl != nil {
		expires, life = *ttl, time.Duration(math.MaxInt64)
		if *ttl <= math.MaxInt64/int64(unit) {
			life = time.Duration(*ttl) * unit
		}
	}
	return answer{status: http.StatusOK, odd: s.Oddities(), body: map[string]any{
		"access_token": s.issue(life), "expires_in": expires, "application": s.options.Account.Application,
	}}
}

func (s *Server) refusal(code string) answer {
	known, ok := refusals[code]
	if !ok {
		return s.failure(http.StatusBadRequest, code, "refused with "+code)
	}
	return s.failure(known.status, code, known.words)
}

func (s *Server) failure(status int, code, words string) answer {
	return answer{status: status, body: map[string]any{
		"error": code, "error_description": words, "exception": "EasemobException", "timestamp": s.options.Now().UnixMilli(), "duration": 0,
	}}
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.encode())
}

// encode is the body, with its oddities.
func (a answer) encode() []byte {
	for odd := range a.odd {
		a.oddField(odd)
	}
	text, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // maps of strings and numbers always marshal
	}
	if a.odd[TrailingComma] {
		text = append(bytes.TrimSuffix(text, []byte("}")), ",}"...)
	}
	if a.odd[ByteOrderMark] {
		text = append([]byte("\ufeff"), text...)
	}
	return text
}

func (a answer) oddField(odd Oddity) {
	expires, whole := a.body["expires_in"].(int64)
	switch odd {
	case NumbersAsStrings:
		if whole {
			a.body["expires_in"] = strconv.FormatInt(expires, 10)
		}
	case NumbersAsFloats:
		if whole {
			a.body["expires_in"] = json.Number(strconv.FormatInt(expires, 10) + ".0")
		}
	case TokenMissing:
		delete(a.body, "access_token")
	case TokenNull:
		a.body["access_token"] = nil
	case TokenEmpty:
		a.body["access_token"] = ""
	case TokenNumber:
		a.body["access_token"] = 8141592653589793
	case ExpiresMissing:
		delete(a.body, "expires_in")
	case ExpiresNull:
		a.body["expires_in"] = nil
	case ExpiresZero:
		a.body["expires_in"] = 0
	case ExpiresNegative:
		a.body["expires_in"] = -1
	case ExpiresHuge:
		a.body["expires_in"] = int64(math.MaxInt64)
	case ExpiresOverflow:
		a.body["expires_in"] = json.Number("1e30")
	case UnknownFields:
		a.body["scope"] = []any{"all", map[string]any{"n": 1}}
	}
}
