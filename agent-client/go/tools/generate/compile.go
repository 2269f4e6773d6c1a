package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const goPackage = "macenv.dev/macenv/macenvpb"

// compile parses the files and describes the task to a plugin.
func compile(ctx context.Context, protos []string) (*pluginpb.CodeGeneratorRequest, error) {
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(protocompile.CompositeResolver{
			&protocompile.SourceResolver{ImportPaths: []string{protoRoot}},
			protocompile.ResolverFunc(googleRPC),
		}),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	compiled, err := compiler.Compile(ctx, protos...)
	if err != nil {
		return nil, err
	}
	parameter := []string{"paths=source_relative"}
	for _, name := range protos {
		parameter = append(parameter, "M"+name+"="+goPackage)
	}
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: protos,
		Parameter:      proto.String(strings.Join(parameter, ",")),
	}
	seen := make(map[string]bool)
	for _, file := range compiled {
		request.ProtoFile = appendWithImports(request.ProtoFile, file, seen)
	}
	return request, nil
}

// googleRPC answers for google/rpc/status.proto with the description that its Go package carries.
func googleRPC(name string) (protocompile.SearchResult, error) {
	if name != status.File_google_rpc_status_proto.Path() {
		return protocompile.SearchResult{}, fmt.Errorf("%s: unknown import", name)
	}
	return protocompile.SearchResult{Desc: status.File_google_rpc_status_proto}, nil
}

// appendWithImports puts what a file imports before the file, as plugins expect it.
func appendWithImports(
	files []*descriptorpb.FileDescriptorProto, file protoreflect.FileDescriptor, seen map[string]bool,
) []*descriptorpb.FileDescriptorProto {
	if seen[file.Path()] {
		return files
	}
	seen[file.Path()] = true
	for i := range file.Imports().Len() {
		files = appendWithImports(files, file.Imports().Get(i).FileDescriptor, seen)
	}
	return append(files, protodesc.ToFileDescriptorProto(file))
}

// runPlugin adds what a plugin of this module's go.mod makes of the request.
func runPlugin(ctx context.Context, name string, request *pluginpb.CodeGeneratorRequest, files map[string]string) error {
	input, err := proto.MarshalOptions{Deterministic: true}.Marshal(request)
	if err != nil {
		return err
	}
	var complaints bytes.Buffer
	command := exec.CommandContext(ctx, "go", "tool", name)
	command.Stdin = bytes.NewReader(input)
	command.Stderr = &complaints
	answer, err := command.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, complaints.String())
	}
	response := new(pluginpb.CodeGeneratorResponse)
	if err := proto.Unmarshal(answer, response); err != nil {
		return err
	}
	if response.Error != nil {
		return fmt.Errorf("%s", response.GetError())
	}
	for _, file := range response.File {
		files[path.Base(file.GetName())] = file.GetContent()
	}
	return nil
}
