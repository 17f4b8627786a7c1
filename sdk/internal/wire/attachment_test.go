package wire

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAttachmentsTravel(t *testing.T) {
	easemob := Attachment{PID: 4711, Socket: "/tmp/authrun-debug-1/socket", Protocol: 1}
	odd := Attachment{PID: 1, Socket: "/tmp/a'b, c=d;{}/socket", Protocol: 1}
	for _, test := range []struct {
		name, text string
		want       map[string]Attachment
	}{
		{"nothing", " ", map[string]Attachment{}},
		{"one", `easemob={"pid":4711,"socket":"/tmp/authrun-debug-1/socket","protocol":1}`, map[string]Attachment{"easemob": easemob}},
		{"several", `easemob={"pid":4711,"socket":"/tmp/authrun-debug-1/socket","protocol":1,"later":true}, odd={"pid":1,"socket":"/tmp/a'b, c=d;{}/socket","protocol":1}` + "\n",
			map[string]Attachment{"easemob": easemob, "odd": odd}},
	} {
		got, err := ParseAttachments(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestAttachmentsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"easemob":                         "it must read vendor=",
		"{}":                              "it must read vendor=",
		"easemob=/tmp/socket":             "what follows easemob= is not the JSON",
		`easemob={"pid":0,"socket":"/s"}`: "names no process and no socket",
		`a={"pid":1,"socket":"/s"`:        "is not the JSON",
		`a={"pid":1,"socket":"/s"},a={"pid":1,"socket":"/s"}`: "a is there twice",
	} {
		if _, err := ParseAttachments(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestAssignmentIsForAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	want := Attachment{PID: 7, Socket: "/tmp/it's $HOME/socket", Protocol: 1}
	line, err := want.Assignment("acme")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(sh, "-c", line+`; printf %s "$AUTHRUN_ATTACH"`).Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseAttachments(string(out))
	if diff := cmp.Diff(map[string]Attachment{"acme": want}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
