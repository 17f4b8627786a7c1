package script

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// The page on scripts names every member of the form, and its example is one.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../../docs/script.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Script](), reflect.TypeFor[Case](), reflect.TypeFor[Exchange](), reflect.TypeFor[Request](), reflect.TypeFor[Answer]()} {
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("the member %s of %s is missing", name, typ.Name())
			}
		}
	}
	examples := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1)
	if len(examples) == 0 {
		t.Error("there is no example")
	}
	for _, example := range examples {
		s, err := Read(example[1], "acme")
		if err != nil {
			t.Error(err)
		}
		if len(s.Good) != 2 || len(s.Refused) != 1 || len(s.Dead) != 1 {
			t.Errorf("the example has %d good, %d refused and %d dead cases", len(s.Good), len(s.Refused), len(s.Dead))
		}
	}
}
