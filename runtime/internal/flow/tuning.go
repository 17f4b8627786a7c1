package flow

import "github.com/hashicorp/hcl/v2"

// Retry is a `retry` block: how often and how fast one run tries again. An expression that is not set is nil.
type Retry struct {
	Attempts hcl.Expression // tries in all
	MinDelay hcl.Expression
	MaxDelay hcl.Expression
	Range    hcl.Range
}

// Network is a `network` block: how exchanges reach the vendor. An expression that is not set is nil.
type Network struct {
	Timeout   hcl.Expression // of one exchange
	CAFile    hcl.Expression
	CertFile  hcl.Expression
	KeyFile   hcl.Expression
	PinSHA256 hcl.Expression
	Proxy     hcl.Expression
	Range     hcl.Range
}

// Exprs are the expressions that are set.
func (r *Retry) Exprs() []hcl.Expression {
	if r == nil {
		return nil
	}
	return set(r.Attempts, r.MinDelay, r.MaxDelay)
}

// Exprs are the expressions that are set.
func (n *Network) Exprs() []hcl.Expression {
	if n == nil {
		return nil
	}
	return set(n.Timeout, n.CAFile, n.CertFile, n.KeyFile, n.PinSHA256, n.Proxy)
}

func set(exprs ...hcl.Expression) []hcl.Expression {
	var there []hcl.Expression
	for _, e := range exprs {
		if e != nil {
			there = append(there, e)
		}
	}
	return there
}

var retrySchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "attempts"}, {Name: "min_delay"}, {Name: "max_delay"}}}

var networkSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "timeout"}, {Name: "ca_file"}, {Name: "cert_file"},
	{Name: "key_file"}, {Name: "pin_sha256"}, {Name: "proxy"}}}

// retry reads the `retry` block of a body, or gives nil.
func (l *loader) retry(content *hcl.BodyContent) *Retry {
	block := l.single(content, "retry")
	if block == nil {
		return nil
	}
	body := l.content("a retry block", block.Body, retrySchema)
	return &Retry{Attempts: expr(body, "attempts"), MinDelay: expr(body, "min_delay"), MaxDelay: expr(body, "max_delay"), Range: block.DefRange}
}

// network reads the `network` block of a body, or gives nil.
func (l *loader) network(content *hcl.BodyContent) *Network {
	block := l.single(content, "network")
	if block == nil {
		return nil
	}
	body := l.content("a network block", block.Body, networkSchema)
	n := &Network{
		Timeout: expr(body, "timeout"), CAFile: expr(body, "ca_file"), CertFile: expr(body, "cert_file"), KeyFile: expr(body, "key_file"),
		PinSHA256: expr(body, "pin_sha256"), Proxy: expr(body, "proxy"), Range: block.DefRange,
	}
	if (n.CertFile == nil) != (n.KeyFile == nil) {
		l.fail(block.DefRange, "Incomplete client certificate", "A client certificate needs both cert_file and key_file. Set the other one too, or remove this one.")
	}
	return n
}
