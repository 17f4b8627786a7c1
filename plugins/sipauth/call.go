package sipauth

import (
	"context"
	"net/http"

	"github.com/authrun/authrun/sdk"
)

// data is what a service answers. Errors and Result are [] where there are none.
type data struct {
	Status sdk.Text `json:"status"` // "0" is success
	Desc   sdk.Text `json:"desc"`
	Errors sdk.Lax[struct {
		Code sdk.Text `json:"code"`
	}] `json:"errors"`
	Result sdk.Lax[struct {
		Token       sdk.Text `json:"token"`
		CompanyCode sdk.Text `json:"companycode"` // documented as a number, a string in the documentation's sample
		CompanyName sdk.Text `json:"companyname"`
		AuthTime    sdk.Text `json:"authtime"`
		AuthModel   sdk.Text `json:"authmodel"`
	}] `json:"result"`
}

// call posts a form, given as names and values in turn, and reads what the service answered: a success or a refusal, by its status.
func call(ctx context.Context, h *sdk.Host, c Config, fields ...string) (d data, err error) {
	body := sdk.Multipart(fields...)
	if c.Encoding == "urlencoded" {
		body = sdk.Form(fields...)
	}
	a, err := h.Post(ctx, c.BaseURL, body)
	if err != nil {
		return d, err
	}
	var answer struct {
		Ret  sdk.Text      `json:"ret"`
		Msg  sdk.Text      `json:"msg"`
		Data sdk.Lax[data] `json:"data"`
	}
	if err := a.JSON(&answer); err != nil {
		return d, err
	}
	switch d = answer.Data.V; {
	case a.Status != http.StatusOK || answer.Ret == "":
		return d, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer is not one of HTTP 200 with a ret"}
	case answer.Ret != "200":
		return d, exceptions.Failure(answer.Ret, string(answer.Msg))
	case d.Status == "":
		// A framework that got no service says hello with ret 200.
		return d, &sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer has no data.status, as if the service had not been asked"}
	}
	return d, nil
}
