// Command generate writes the Go code of the protocol into ../macenvpb. "go generate" in the directory above runs it.
//
// It compiles the .proto files itself (protocompile) and hands them to the two plugins that this module pins, so that
// nothing but Go needs to be installed.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

const (
	protoRoot = "../../../proto/src/main/protobuf"
	output    = "../macenvpb"
)

func main() {
	log.SetFlags(0)
	files, err := generate(context.Background())
	if err != nil {
		log.Fatalf("generate: %v", err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(output, name), []byte(content), 0o644); err != nil {
			log.Fatalf("generate: %v", err)
		}
	}
	log.Printf("generate: %d files in %s", len(files), output)
}

// generate returns the content of every generated file by name.
func generate(ctx context.Context) (map[string]string, error) {
	protos, err := protoFiles()
	if err != nil {
		return nil, err
	}
	request, err := compile(ctx, protos)
	if err != nil {
		return nil, err
	}
	files := make(map[string]string)
	for _, plugin := range []string{"protoc-gen-go", "protoc-gen-go-grpc"} {
		if err := runPlugin(ctx, plugin, request, files); err != nil {
			return nil, fmt.Errorf("%s: %w", plugin, err)
		}
	}
	files["SOURCES"], err = sources(protos)
	return files, err
}

// protoFiles lists the .proto files by their import paths.
func protoFiles() ([]string, error) {
	found, err := filepath.Glob(filepath.Join(protoRoot, "macenv", "v1", "*.proto"))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no .proto files (expected: the repository around this module)", protoRoot)
	}
	sort.Strings(found)
	names := make([]string, len(found))
	for i, file := range found {
		names[i] = path.Join("macenv", "v1", filepath.Base(file))
	}
	return names, nil
}

// sources says what the code was generated from, so that a test without these tools can tell when it is stale.
func sources(protos []string) (string, error) {
	var text strings.Builder
	for _, name := range protos {
		content, err := os.ReadFile(filepath.Join(protoRoot, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(content), name)
	}
	return text.String(), nil
}
