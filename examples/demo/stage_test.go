package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	apply := step{args: []string{"apply"}, calls: 5}
	raw := step{args: []string{"output"}, revealed: easemobToken}
	for name, tc := range map[string]struct {
		step    step
		printed string
		status  int
		calls   int
		want    string // in the error; empty: none
	}{
		"as it should be":      {apply, "im_token = (sensitive)", 0, 5, ""},
		"failed":               {apply, "", 1, 5, "status 1"},
		"a call too many":      {apply, "", 0, 6, "made 6 calls"},
		"a secret":             {apply, "password demo-pbx-password", 0, 5, "printed a secret"},
		"a token":              {apply, "YWMtabc", 0, 5, "printed a secret"},
		"what was asked for":   {raw, "YWMtabc", 0, 0, ""},
		"more than asked for":  {raw, "YWMtabc ID01:u-E4", 0, 0, "printed a secret"},
		"not what was asked":   {raw, "(sensitive)", 0, 0, "did not print"},
		"refused, as expected": {step{args: []string{"apply"}, status: 1, calls: 1}, "wrong", 1, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.step.check(tc.printed, tc.status, tc.calls)
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestEnvironmentIsTheDemosOwn(t *testing.T) {
	home := t.TempDir()
	got := environment([]string{
		"PATH=/bin", "HOME=/home/me", "XDG_STATE_HOME=/home/me/state", "AUTHRUN_STORE=/home/me/db", "https_proxy=http://p", "NO_PROXY=x",
		"EASEMOB_SECRET=real",
	}, home)
	want := []string{
		"PATH=/bin", "HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config"),
		"XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "XDG_DATA_HOME=" + filepath.Join(home, "data"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestDemoWithoutAuthrunFails(t *testing.T) {
	var out strings.Builder
	if err := demo(t.Context(), t.TempDir(), "quickstart.hcl", &out); err == nil {
		t.Errorf("it succeeded:\n%s", out.String())
	}
}
