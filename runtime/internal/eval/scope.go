package eval

import (
	"crypto/rand"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/internal/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Inputs are what a flow gets from outside.
type Inputs struct {
	Vars     []string                         // NAME=VALUE as given on the command line; the last one of a name wins
	VarFiles []string                         // paths of *.hclvars files; the last one wins
	VarsFrom []string                         // NAME=PATH: the value is what the file holds; "-" is Stdin. Stronger than Vars
	Stdin    io.Reader                        // for VarsFrom; nil: there is none
	Env      func(name string) (string, bool) // the environment; nil: empty
	Own      map[string]functions.Own         // functions of the program that embeds authrun
	Values   map[string]any                   // of variables, as encoding/json takes them; stronger than all else
	NoInputs bool                             // variables and env() without a value are unknown, not errors
	Now      func() time.Time                 // nil: time.Now
	Random   io.Reader                        // for uuid(); nil: crypto/rand
	Version  string                           // of authrun, checked against required_version; empty: not checked
	Free     map[string]string                // by vendor, the plugins that may be of any version, whatever required_plugins says
}

// Scope is a flow with its inputs. Its methods may be called by many goroutines at once, except [Scope.Describe], which comes before the
// others.
type Scope struct {
	flow  *flow.Flow
	in    Inputs
	root  *hcl.EvalContext     // the functions
	files map[string]*hcl.File // variable files, for snippets

	vars    map[string]*variable
	locals  map[string]*local
	blocks  map[flow.Addr]*block // auth blocks by address without key
	ordered []*block             // in the flow's order

	instances []Instance
	index     map[flow.Addr]int // of an instance
	spread    hcl.Diagnostics   // what is wrong with for_each and count
	graph     *graph.Graph      // instances, then blocks, then locals

	schemas map[string]*schema // by vendor

	supposing bool // see Suppose

	mu          sync.RWMutex
	credentials []cty.Value // of an instance; NilVal: not known yet

	suggestions atomic.Int64 // names offered so far, see nearest
}

// New gives a flow its inputs. The diagnostics are about these; the Scope is usable beside errors, with unknown values in place of the
// variables at fault, so that all else can be checked too.
func New(f *flow.Flow, in Inputs) (*Scope, hcl.Diagnostics) {
	if in.Env == nil {
		in.Env = func(string) (string, bool) { return "", false }
	}
	if in.Now == nil {
		in.Now = time.Now
	}
	if in.Random == nil {
		in.Random = rand.Reader
	}
	s := &Scope{
		flow: f, in: in, files: make(map[string]*hcl.File), schemas: make(map[string]*schema),
		vars: make(map[string]*variable), locals: make(map[string]*local), blocks: make(map[flow.Addr]*block), index: make(map[flow.Addr]int),
	}
	s.root = &hcl.EvalContext{Functions: functions.New(functions.World{
		Place: f.Place, Dir: f.Dir, Env: in.Env, Now: in.Now(), Random: &lockedReader{from: in.Random}, NoInputs: in.NoInputs, Own: in.Own,
	})}
	diags := s.loadVariables()
	s.declareLocals()
	s.declareBlocks()
	s.buildGraph()
	return s, diags
}

// lockedReader lets many goroutines read.
type lockedReader struct {
	mu   sync.Mutex
	from io.Reader
}

func (r *lockedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from.Read(p)
}

// Files are the sources of everything that a diagnostic can point into: the flow's files and the variable files.
func (s *Scope) Files() map[string]*hcl.File {
	all := make(map[string]*hcl.File, len(s.flow.Files)+len(s.files))
	for name, file := range s.flow.Files {
		all[name] = file
	}
	for name, file := range s.files {
		all[name] = file
	}
	return all
}
