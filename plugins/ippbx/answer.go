package ippbx

import (
	"net/http"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// reply is what every interface answers, always with HTTP 200.
type reply struct {
	Status sdk.Text `json:"status" xml:"status"` // "Success" or "Failed"
	Errno  sdk.Text `json:"errno" xml:"errno"`
	Token  sdk.Text `json:"token" xml:"token"`
}

// codes are the values of errno.
var codes = sdk.Codes{
	"30003": sdk.InvalidCredentials, "20003": sdk.InvalidCredentials,
	"20015": sdk.InvalidCredentials, // the caller's address is not allowed
	"20002": sdk.LockedOut,
	"20004": sdk.TokenDead, "20005": sdk.TokenDead, "20006": sdk.TokenDead,
	"10002": sdk.InvalidRequest, "10003": sdk.InvalidRequest, "10004": sdk.InvalidRequest, "20000": sdk.InvalidRequest,
	"20001": sdk.InvalidRequest, "20007": sdk.InvalidRequest, "20008": sdk.InvalidRequest, "20009": sdk.InvalidRequest,
}

// read reads an answer that says success; any other is a failure. Who asked in XML may be answered in JSON, as the documentation's examples
// are.
func read(a *sdk.Answer, c Config) (r reply, err error) {
	if c.Format == "xml" && !strings.HasPrefix(a.Text(), "{") {
		err = a.XML(&r)
	} else {
		err = a.JSON(&r)
	}
	switch {
	case err != nil:
		return r, err
	case a.Status != http.StatusOK || r.Status != "Success" && r.Status != "Failed":
		return r, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer is not one of HTTP 200 with status Success or Failed"}
	case r.Status == "Failed":
		return r, refusal(r.Errno, c)
	}
	return r, nil
}

// refusal is the failure for an errno.
func refusal(errno sdk.Text, c Config) *sdk.Failure {
	f := codes.Failure(errno, "")
	switch errno {
	case "30003", "20003":
		f.Text += ": username or password is wrong"
		f.Path = []string{"password"}
		if c.PasswordMD5 != "" {
			f.Path = []string{"password_md5"}
		}
	case "20015":
		f.Text += ": the PBX does not allow this host's address"
	case "20002":
		f.Text += ": the PBX has locked this host's address out"
		f.RetryAfter = lockFor
	}
	return f
}
