package runtime

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/internal/redact"
)

// Format gives the text of a flow file, or of a file of variables, in HCL's native syntax the one layout in which all are written: indentation,
// spaces, columns of equals signs and of comments. It changes nothing that means something, and nothing of a text that has this layout. filename
// is for messages only. Where the diagnostics have errors, be it in the text's syntax, there is no text.
func Format(src []byte, filename string) ([]byte, Diagnostics) {
	out, file, diags := flow.Format(src, filename)
	f := &Flow{rt: &Runtime{secrets: redact.New()}, model: &flow.Flow{Files: map[string]*hcl.File{filename: file}}}
	return out, f.diagnose(diags)
}
