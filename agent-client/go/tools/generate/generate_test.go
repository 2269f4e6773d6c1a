package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The committed code is what the .proto files and the pinned plugins make, and nothing else lies beside it.
func TestCommittedCodeIsCurrent(t *testing.T) {
	t.Chdir("..") // where "go generate" runs it
	generated, err := generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadDir(output)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range committed {
		if _, expected := generated[entry.Name()]; !expected {
			t.Errorf("%s: not generated any more (expected: removed)", entry.Name())
		}
	}
	for name, content := range generated {
		actual, err := os.ReadFile(filepath.Join(output, name))
		if err != nil || string(actual) != content {
			t.Errorf("%s: stale (expected: renewed by \"go generate\" in agent-client/go)", name)
		}
	}
}
