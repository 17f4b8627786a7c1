package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// folded is a Vendor as a Plugin.
type folded[C, T any] struct {
	vendor      Vendor[C, T]
	description Description
	config      *shape
	credential  *shape
}

// Plugin folds the types away. Its error says all that is wrong with the tags and values of the vendor.
func (v Vendor[C, T]) Plugin() (Plugin, error) {
	config, configErr := configShape(reflect.TypeFor[C]())
	credential, credentialErr := credentialShape(reflect.TypeFor[T]())
	p := &folded[C, T]{vendor: v, config: config, credential: credential}
	p.description = Description{Vendor: v.Name, Version: v.Version, SDK: "go " + Version, Doc: v.Doc, Config: config.schema,
		Credential: credential.schema, Limits: v.Limits, Token: v.Token, Checks: v.Check != nil, OpenLimits: v.OpenLimits}
	if v.Version == "" {
		p.description.Version = Version
	}
	p.description.Config.Rules = v.Rules
	rulesErr := p.description.Config.rule(v.BlockRules)
	for _, o := range []Operation{OpAcquire, OpRenew, OpRevoke} {
		if op := v.op(o); op.Do != nil {
			p.description.Abilities = append(p.description.Abilities, Ability{Operation: o, Calls: op.Calls, Life: op.Life})
		}
	}
	err := errors.Join(configErr, credentialErr, rulesErr)
	if err == nil {
		err = p.description.problems()
	}
	if err != nil {
		return nil, fmt.Errorf("vendor %q: %w", v.Name, err)
	}
	return p, nil
}

// Describe says what the plugin is.
func (p *folded[C, T]) Describe(context.Context) (Description, error) { return p.description, nil }

// Check says what is wrong with a configuration beyond the schema.
func (p *folded[C, T]) Check(_ context.Context, config json.RawMessage) (problems []Problem, err error) {
	if p.vendor.Check == nil {
		return nil, nil
	}
	var c C
	if err := p.config.decode(config, reflect.ValueOf(&c).Elem(), false); err != nil {
		return nil, fmt.Errorf("the configuration does not fit the schema: %w", err)
	}
	defer recovered(&err)
	for _, problem := range p.vendor.Check(c) {
		problem.Summary, problem.Detail = Clean(problem.Summary), cleanTo(problem.Detail, 1000)
		problems = append(problems, problem)
	}
	return problems, nil
}

// Run does one operation.
func (p *folded[C, T]) Run(ctx context.Context, run Run) (Result, error) {
	op := p.vendor.op(run.Operation)
	if op.Do == nil {
		return Result{}, &Failure{Class: Unsupported, Text: "the plugin cannot " + cleanTo(string(run.Operation), 40)}
	}
	var c C
	var held T
	if err := p.config.decode(run.Config, reflect.ValueOf(&c).Elem(), false); err != nil {
		return Result{}, fmt.Errorf("the configuration does not fit the schema: %w", err)
	}
	known := p.config.secrets(reflect.ValueOf(&c).Elem())
	if run.Held != nil {
		v := reflect.ValueOf(&held).Elem()
		if err := p.decodeHeld(*run.Held, v); err != nil {
			return Result{}, err
		}
		known = append(known, p.credential.secrets(v)...)
	} else if run.Operation != OpAcquire {
		return Result{}, fmt.Errorf("%s was asked for without a held credential", run.Operation)
	}
	h := newHost(ctx, run, op.Calls, known)
	credential, err := p.do(ctx, op, h, c, held)
	h.gate.closed.Store(true)
	if err != nil {
		return Result{}, p.refused(ctx, h, run.Operation, err)
	}
	if run.Operation == OpRevoke {
		return Result{NotAtVendor: credential.NotAtVendor, Text: Clean(h.words.redact(credential.Text))}, nil
	}
	return p.result(run.Operation, credential)
}

// do calls the author's function, and recovers from its panic.
func (p *folded[C, T]) do(ctx context.Context, op Op[C, T], h *Host, c C, held T) (credential Credential[T], err error) {
	defer recovered(&err)
	return op.Do(ctx, h, c, held)
}

// decodeHeld reads what is held. What does not fit any longer is left out, but for the token.
func (p *folded[C, T]) decodeHeld(held Held, v reflect.Value) error {
	err := p.credential.decode(held.Value, v, true)
	if err == nil && !none(held.Private) {
		err = p.credential.decode(held.Private, v, true)
	}
	if err != nil {
		return fmt.Errorf("the held credential does not fit the schema: %w", err)
	}
	return nil
}

// refused is the error of an operation: the context's, a failure, or a fault of the plugin.
func (p *folded[C, T]) refused(ctx context.Context, h *Host, o Operation, err error) error {
	var crash *panicked
	var f *Failure
	switch {
	case errors.As(err, &crash):
		return crash
	case errors.As(err, &f) && f != nil:
		told := *f
		told.Text = cleanTo(h.words.redact(f.Text), 400)
		told.RetryAfter = max(0, f.RetryAfter)
		if !slices.Contains(Classes(), f.Class) {
			told.Class = Unsupported
		}
		return &told
	case ctx.Err() != nil:
		return ctx.Err()
	}
	words := Clean(h.words.redact(fmt.Sprint(err))) // Sprint survives an Error method that panics
	return &Failure{Class: Unsupported, Text: fmt.Sprintf("%s ended with an error that is no failure: %s; this is a bug in the plugin", o, words)}
}

// result checks what acquire or renew ended with and makes it a Result.
func (p *folded[C, T]) result(o Operation, c Credential[T]) (Result, error) {
	if c.Life <= 0 {
		return Result{}, malformed(errors.New("a credential whose life is already over"))
	}
	r := Result{Life: c.Life, RenewWithin: max(0, c.RenewWithin), UsableAfter: max(0, c.UsableAfter)}
	if c.Life == Forever {
		r.Life, r.Eternal = 0, true
	}
	_, renews := p.description.Can(OpRenew)
	r.Renewable = c.Renewable && renews
	if c.Same {
		if o != OpRenew {
			return Result{}, &Failure{Class: Unsupported, Text: "acquire ended with no new credential; this is a bug in the plugin"}
		}
		return r, nil
	}
	v := reflect.ValueOf(&c.Value).Elem()
	if err := p.tokenProblem(v); err != nil {
		return Result{}, malformed(err)
	}
	var err error
	if r.Value, r.Private, err = p.credential.encode(v); err != nil {
		return Result{}, fmt.Errorf("the credential cannot be written: %w", err)
	}
	return r, nil
}

// tokenProblem says what is wrong with the token, or nil. Characters that no header can carry never belong to one.
func (p *folded[C, T]) tokenProblem(v reflect.Value) error {
	for _, f := range p.credential.fields {
		if f.name != tokenName {
			continue
		}
		token := v.FieldByIndex(f.index).String()
		switch {
		case strings.TrimSpace(token) == "":
			return errors.New("one without a token")
		case strings.ContainsFunc(token, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
			return errors.New("one whose token holds control characters or is not text")
		}
	}
	return nil
}
