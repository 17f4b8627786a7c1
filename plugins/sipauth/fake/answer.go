package fake

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The odd shapes that real servers of this kind give their answers.
const (
	NumbersAsStrings Oddity = "numbers as strings" // "ret":"200", "status":"0"
	StringsAsNumbers Oddity = "strings as numbers" // companycode, and the code of an error
	TokenMissing     Oddity = "token missing"
	TokenNull        Oddity = "token null"
	TokenEmpty       Oddity = "token empty"
	ResultAsList     Oddity = "result as list"   // PHP's empty object
	DataAsList       Oddity = "data as list"     // the same, one level up
	DataAsText       Oddity = "data as text"     // the object inside a string
	ServiceLost      Oddity = "service lost"     // what PhalApi answers when it got no service: ret 200 and nothing of use
	TrailingComma    Oddity = "trailing comma"   // before the last brace
	ByteOrderMark    Oddity = "byte order mark"  // before the first one
	UnknownFields    Oddity = "unknown fields"   // on every level
	StatusMissing    Oddity = "status missing"   // data without status
	ControlWords     Oddity = "control in words" // newlines and terminal sequences in desc and msg
)

// answer is what goes back: an HTML page, or the JSON that every service answers.
type answer struct {
	status int
	html   string
	body   object
	odd    map[Oddity]bool
}

type object = map[string]any

// answer decides what the real vendor would answer. The caller holds s.mu.
func (s *Server) answer(f form, problem error) answer {
	a := answer{status: http.StatusOK, odd: s.Oddities()}
	switch {
	case problem == errPath:
		return answer{status: http.StatusNotFound, html: "<html><head><title>404 Not Found</title></head></html>"}
	case s.IsOdd(ServiceLost) || f.get("service") == "":
		a.body = object{"ret": 200, "msg": "", "data": object{"title": "Hello PhalApi", "version": "2.13.2", "time": s.options.Now().Unix()}}
	case problem != nil:
		a.body = s.exception(400, "Illegal request: "+problem.Error())
	case s.Refusal() != "":
		a.body = s.refusal(s.Refusal())
	case f.get("service") == loginService:
		a.body = s.login(f.get("appid"), f.get("accesskey"))
	case f.get("service") == logoutService:
		a.body = s.logout(f.get("token"))
	default:
		a.body = s.later(f.get("token"))
	}
	return a
}

func (s *Server) login(appid, accesskey string) object {
	if appid != s.options.Account.AppID {
		return s.exception(601, "appid is not authorized")
	}
	if accesskey != s.options.Account.AccessKey {
		return s.refusal("1003")
	}
	now := s.options.Now()
	return s.success("Authorization successful", object{
		"companycode": s.options.Account.CompanyCode, "companyname": s.options.Account.CompanyName, "token": s.issue(),
		"authtime":  now.Add(-40 * 24 * time.Hour).UTC().Format(time.DateTime), // it lags weeks behind in the documents' sample too
		"authmodel": "",
	})
}

func (s *Server) logout(value string) object {
	if s.alive(value) == nil {
		return s.exception(600, "The token is invalid, please log in again to verify")
	}
	delete(s.tokens, value)
	return s.success("Logout successful", nil)
}

func (s *Server) later(value string) object {
	switch t := s.alive(value); {
	case t == nil:
		return s.exception(600, "The token is invalid, please log in again to verify")
	case t.stale:
		return s.refusal("1010")
	}
	return s.success("Operation successful", object{})
}

// success is the answer of a call that did what it should; a nil result is left out.
func (s *Server) success(desc string, result object) object {
	now := s.options.Now().Unix()
	data := object{"status": 0, "desc": desc, "reqtime": now, "rsptime": now}
	if result != nil {
		data["result"] = result
	}
	return object{"ret": 200, "data": data, "msg": ""}
}

// exception is the answer of the framework itself.
func (s *Server) exception(ret int, msg string) object {
	return object{"ret": ret, "data": []any{}, "msg": msg}
}

// refusal is the answer that carries the code: 400 to 699 are the framework's, others the service's.
func (s *Server) refusal(code string) object {
	if n, err := strconv.Atoi(code); err == nil && n >= 400 && n < 700 {
		return s.exception(n, "refused with "+code)
	}
	var errs any = object{"code": code, "codemsg": "refused with " + code}
	if code == "none" {
		errs = []any{}
	}
	now := s.options.Now().Unix()
	data := object{"status": 1, "desc": "Authorization failed", "errors": errs, "result": []any{}, "reqtime": now, "rsptime": now}
	return object{"ret": 200, "data": data, "msg": ""}
}

func (a answer) write(w http.ResponseWriter) {
	if a.html != "" {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.html))
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.encode())
}

// encode is the body, with its oddities.
func (a answer) encode() []byte {
	if a.odd[ControlWords] {
		a.body["msg"] = "line one\nline two\x1b[31m"
	}
	if data, ok := a.body["data"].(object); ok {
		a.body["data"] = a.oddData(data)
	}
	if a.odd[DataAsList] {
		a.body["data"] = []any{}
	}
	if a.odd[NumbersAsStrings] {
		a.body["ret"] = strconv.Itoa(a.body["ret"].(int))
	}
	if a.odd[UnknownFields] {
		a.body["debug"] = object{"stack": []any{1, 2}}
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

func (a answer) oddData(data object) any {
	if result, ok := data["result"].(object); ok {
		a.oddResult(result)
	}
	if errs, ok := data["errors"].(object); ok && a.odd[StringsAsNumbers] {
		errs["code"] = json.Number(errs["code"].(string))
	}
	if a.odd[ResultAsList] {
		data["result"] = []any{}
	}
	if a.odd[StatusMissing] {
		delete(data, "status")
	}
	if status, ok := data["status"].(int); ok && a.odd[NumbersAsStrings] {
		data["status"] = strconv.Itoa(status)
	}
	if a.odd[ControlWords] {
		data["desc"] = "refused\r\nfor good\x1b]0;title\x07"
	}
	if a.odd[UnknownFields] {
		data["extra"] = "x"
	}
	if a.odd[DataAsText] {
		text, err := json.Marshal(data)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	return data
}

func (a answer) oddResult(result object) {
	switch {
	case a.odd[TokenMissing]:
		delete(result, "token")
	case a.odd[TokenNull]:
		result["token"] = nil
	case a.odd[TokenEmpty]:
		result["token"] = ""
	}
	if code, _ := result["companycode"].(string); a.odd[StringsAsNumbers] && code != "" && strings.Trim(code, "0123456789") == "" {
		result["companycode"] = json.Number(code)
	}
	if a.odd[UnknownFields] {
		result["quota"] = 7
	}
}
