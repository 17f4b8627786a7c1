package pluginpb_test

import (
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// The example in Python carries generated code of its own, which must be that of the same contract.
func TestGeneratedPython(t *testing.T) {
	const program = "import sys; sys.path.insert(0, '../../../examples/plugins/acme-python/src')\n" +
		"import plugin_pb2; sys.stdout.buffer.write(plugin_pb2.DESCRIPTOR.serialized_pb)"
	if err := exec.Command("/usr/bin/python3", "-I", "-c", "import google.protobuf").Run(); err != nil {
		t.Skipf("the generated code cannot be looked at: install python3-protobuf (%v)", err)
	}
	cmd := exec.Command("/usr/bin/python3", "-I", "-B", "-c", program)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	got := &descriptorpb.FileDescriptorProto{}
	if err := proto.Unmarshal(out, got); err != nil {
		t.Fatal(err)
	}
	want := protodesc.ToFileDescriptorProto(pluginpb.File_authrun_plugin_v1_plugin_proto)
	got.Name, want.Name = nil, nil // it was generated from a copy in another folder
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&descriptorpb.FieldDescriptorProto{}, "json_name")); diff != "" {
		t.Errorf("generate examples/plugins/acme-python/src/plugin_pb2.py anew, as its README says (-contract +generated):\n%s", diff)
	}
}
