package sdk

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// shape is a struct type read by its tags: the schema that a host sees, and where each value of it stands in the struct.
type shape struct {
	schema Block
	fields []field
}

// field is one tagged field of a shape.
type field struct {
	name  string
	index []int
	attr  Attribute // of an argument or attribute
	block *shape    // of a nested block; nil for the others
}

// tokenName is the credential's standard attribute, and the others are reserved names.
const tokenName = "token"

// reservedArguments are the runtime's in an auth block, and reservedAttributes those that it adds to a credential, or may one day.
var (
	reservedArguments  = []string{"depends_on", "for_each", "count", "lifecycle", "retry", "network", "limit", "enabled", "check", "sink", "plugin"}
	reservedAttributes = []string{"expires_at", "generation", "issued_at"}
)

// configShape reads the type of a configuration.
func configShape(typ reflect.Type) (*shape, error) {
	r := shapeReader{reserved: reservedArguments, what: "config"}
	s := r.read(typ, "")
	return s, errors.Join(r.problems...)
}

// credentialShape reads the type of a credential. The token is among its fields and not in its schema.
func credentialShape(typ reflect.Type) (*shape, error) {
	r := shapeReader{reserved: reservedAttributes, what: "credential", credential: true}
	s := r.read(typ, "")
	if len(r.problems) == 0 && !s.has(tokenName) {
		r.problem(typ.String(), errors.New(`no field is tagged auth:"token"`))
	}
	return s, errors.Join(r.problems...)
}

// has tells whether a field of that name was read.
func (s *shape) has(name string) bool {
	return slices.ContainsFunc(s.fields, func(f field) bool { return f.name == name })
}

// shapeReader reads one struct and those nested in it, and gathers what is wrong.
type shapeReader struct {
	what       string
	reserved   []string
	credential bool
	problems   []error
}

// problem notes what is wrong with a field, called as the author calls it.
func (r *shapeReader) problem(field string, err error) {
	r.problems = append(r.problems, fmt.Errorf("%s field %s: %w", r.what, field, err))
}

// read reads a struct type. Outer is "" or, of a nested block, the field's name with a dot behind it.
func (r *shapeReader) read(typ reflect.Type, outer string) *shape {
	s := &shape{}
	if typ.Kind() != reflect.Struct {
		r.problems = append(r.problems, fmt.Errorf("%s: %s is not a struct", r.what, typ))
		return s
	}
	r.fields(s, typ, nil, outer)
	return s
}

// fields adds the fields of typ, which stands in the shape's struct at index, to s.
func (r *shapeReader) fields(s *shape, typ reflect.Type, index []int, outer string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		at := append(slices.Clone(index), i)
		tag, tagged := f.Tag.Lookup("auth")
		switch {
		case tag == "-":
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct:
			r.fields(s, f.Type, at, outer)
		case !f.IsExported() && !tagged:
		case !f.IsExported():
			r.problem(outer+f.Name, errors.New("a tagged field must be exported"))
		case !tagged:
			r.problem(outer+f.Name, errors.New(`no auth tag; auth:"-" leaves a field out`))
		default:
			if err := r.field(s, f, at, tag, outer); err != nil {
				r.problem(outer+f.Name, err)
			}
		}
	}
}

// field adds one tagged field to s.
func (r *shapeReader) field(s *shape, f reflect.StructField, at []int, tag, outer string) error {
	name, words, err := parseTag(tag)
	if err != nil {
		return err
	}
	switch {
	case s.has(name):
		return fmt.Errorf("the name %q stands twice", name)
	case outer == "" && slices.Contains(r.reserved, name):
		return fmt.Errorf("the name %q is the runtime's", name)
	case outer != "" && (words.account || words.endpoint):
		return errors.New("account and endpoint are for arguments outside of blocks")
	case r.credential && (words.account || words.endpoint || words.volatile || words.block || words.optional):
		return errors.New("a credential's words are sensitive and private")
	case !r.credential && words.private:
		return errors.New("private is for credentials")
	case words.block:
		return r.block(s, f, at, name, words, outer)
	}
	attr := Attribute{Name: name, Account: words.account, Endpoint: words.endpoint, Volatile: words.volatile, Private: words.private}
	if err := attr.typed(f.Type); err != nil {
		return err
	}
	attr.Sensitive = attr.Sensitive || words.sensitive
	if err := attr.describe(f.Tag, f.Type); err != nil {
		return err
	}
	if r.credential {
		return r.credentialField(s, field{name: name, index: at, attr: attr})
	}
	attr.Required = !words.optional && attr.Default == nil
	if f.Type.Kind() == reflect.Pointer && attr.Required {
		return errors.New("a pointer is for an optional argument")
	}
	s.fields = append(s.fields, field{name: name, index: at, attr: attr})
	s.schema.Attributes = append(s.schema.Attributes, attr)
	return nil
}

// credentialField adds an attribute of a credential, or its token.
func (r *shapeReader) credentialField(s *shape, f field) error {
	a := f.attr
	if a.Default != nil || a.OneOf != nil || a.Match != "" || a.Min != nil || a.Max != nil {
		return errors.New("default, oneof, match, min and max are for arguments")
	}
	if f.name == tokenName {
		if string(a.Type) != `"string"` || a.Private || a.Format != "" {
			return errors.New("the token is a string that is not private")
		}
		s.fields = append(s.fields, f)
		return nil
	}
	s.fields = append(s.fields, f)
	s.schema.Attributes = append(s.schema.Attributes, a)
	return nil
}

// block adds a nested block to s: a struct (exactly one, or at most one with "optional"), a pointer to one (at most one) or a slice.
func (r *shapeReader) block(s *shape, f reflect.StructField, at []int, name string, words tagWords, outer string) error {
	if words != (tagWords{block: true, optional: words.optional, volatile: words.volatile}) {
		return errors.New("of the tag words only optional and volatile go with block")
	}
	nested := Nested{Name: name, Max: 1, Volatile: words.volatile}
	typ := f.Type
	switch typ.Kind() {
	case reflect.Slice:
		low, err := bound(f.Tag, "min")
		if err != nil {
			return err
		}
		high, err := bound(f.Tag, "max")
		if err != nil {
			return err
		}
		nested.Min, nested.Max, typ = whole(low), whole(high), typ.Elem()
		if nested.Min < 0 || nested.Max < 0 || nested.Max > 0 && nested.Min > nested.Max {
			return errors.New("min and max of a block do not fit each other")
		}
	case reflect.Pointer:
		typ = typ.Elem()
	default:
		if !words.optional {
			nested.Min = 1
		}
	}
	if typ.Kind() != reflect.Struct {
		return errors.New("a block is a struct, a pointer to one or a slice of them")
	}
	inner := r.read(typ, outer+f.Name+".")
	inner.schema.Doc = f.Tag.Get("doc")
	nested.Block = inner.schema
	s.fields = append(s.fields, field{name: name, index: at, block: inner})
	s.schema.Blocks = append(s.schema.Blocks, nested)
	return nil
}

// whole is a bound as a number of blocks; none is 0.
func whole(n *float64) int {
	if n == nil {
		return 0
	}
	return int(*n)
}
