package macenv_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The generated code was made from the .proto files as they are. (tools/generate compares the code itself, which takes
// its tools.)
func TestGeneratedCodeIsNotStale(t *testing.T) {
	root := filepath.Join("..", "..", "proto", "src", "main", "protobuf")
	if _, err := os.Stat(root); err != nil {
		t.Skip("SKIPPED: the module stands outside its repository, there are no .proto files to compare with")
	}
	file, err := os.Open(filepath.Join("macenvpb", "SOURCES"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || fmt.Sprintf("%x", sha256.Sum256(content)) != sum {
			t.Errorf("%s: changed since the code was generated (expected: \"go generate\" after a change)", name)
		}
	}
}
