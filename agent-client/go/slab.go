package macenv

import (
	"encoding/binary"
	"math"
	"unsafe"

	"macenv.dev/macenv/macenvpb"
)

// nativeIsLittle is true where the machine's numbers are those of the wire.
var nativeIsLittle = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// view reads little-endian numbers from bytes: without a copy where the machine allows it.
func view[T uint32 | int32 | float32 | float64](bytes []byte, decode func([]byte) T) []T {
	var element T
	size := int(unsafe.Sizeof(element))
	count := len(bytes) / size
	if count == 0 {
		return nil
	}
	start := unsafe.Pointer(unsafe.SliceData(bytes))
	if nativeIsLittle && uintptr(start)%unsafe.Alignof(element) == 0 {
		return unsafe.Slice((*T)(start), count)
	}
	values := make([]T, count)
	for i := range values {
		values[i] = decode(bytes[i*size:])
	}
	return values
}

func viewUint32(bytes []byte) []uint32 { return view(bytes, binary.LittleEndian.Uint32) }

func viewInt32(bytes []byte) []int32 {
	return view(bytes, func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) })
}

func viewFloat32(bytes []byte) []float32 {
	return view(bytes, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
}

func viewFloat64(bytes []byte) []float64 {
	return view(bytes, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
}

// elementBytes is the width of a type on the wire; 0 for a type that this client does not know.
func elementBytes(dtype macenvpb.DataType) int {
	switch dtype {
	case macenvpb.DataType_DATA_TYPE_UINT8, macenvpb.DataType_DATA_TYPE_BOOL:
		return 1
	case macenvpb.DataType_DATA_TYPE_INT32, macenvpb.DataType_DATA_TYPE_FLOAT32:
		return 4
	case macenvpb.DataType_DATA_TYPE_INT64, macenvpb.DataType_DATA_TYPE_FLOAT64:
		return 8
	default:
		return 0
	}
}

// floats reads a slab of any type as float32; without a copy if it is one.
func floats(bytes []byte, dtype macenvpb.DataType) []float32 {
	if dtype == macenvpb.DataType_DATA_TYPE_FLOAT32 {
		return viewFloat32(bytes)
	}
	width := elementBytes(dtype)
	values := make([]float32, len(bytes)/width)
	little := binary.LittleEndian
	for i := range values {
		element := bytes[i*width:]
		switch dtype {
		case macenvpb.DataType_DATA_TYPE_INT32:
			values[i] = float32(int32(little.Uint32(element)))
		case macenvpb.DataType_DATA_TYPE_INT64:
			values[i] = float32(int64(little.Uint64(element)))
		case macenvpb.DataType_DATA_TYPE_FLOAT64:
			values[i] = float32(math.Float64frombits(little.Uint64(element)))
		default:
			values[i] = float32(element[0])
		}
	}
	return values
}

// agentSlab holds what the agents of one group see: observations [row][agent][element], masks [row][agent][action].
type agentSlab struct {
	observations []float32
	legal        []byte
}

func newAgentSlabs(spec *TeamSpec, rows int, wire []*macenvpb.GroupSlab) ([]agentSlab, error) {
	if len(wire) != len(spec.Groups) {
		return nil, malformed("groups: length %d (expected: %d)", len(wire), len(spec.Groups))
	}
	slabs := make([]agentSlab, len(wire))
	for g, slab := range wire {
		group := &spec.Groups[g]
		cells := rows * group.Size
		expected := cells * group.Observation.Size * elementBytes(group.Observation.dtype)
		if err := requireLength("observation", len(slab.GetObservation()), expected); err != nil {
			return nil, err
		}
		if err := requireLength("legal", len(slab.GetLegal()), cells*group.ActionCount); err != nil {
			return nil, err
		}
		slabs[g] = agentSlab{floats(slab.GetObservation(), group.Observation.dtype), slab.GetLegal()}
	}
	return slabs, nil
}

// cut is vector number i of vectors of one size, with no room to grow into the next.
func cut[T any](values []T, i, size int) []T {
	return values[i*size : (i+1)*size : (i+1)*size]
}

func observationOf(spec *TeamSpec, slabs []agentSlab, r, agent int) []float32 {
	place := &spec.Agents[agent]
	group := &spec.Groups[place.Group]
	return cut(slabs[place.Group].observations, r*group.Size+place.Rank, group.Observation.Size)
}

func legalOf(spec *TeamSpec, slabs []agentSlab, r, agent int) []byte {
	place := &spec.Agents[agent]
	group := &spec.Groups[place.Group]
	return cut(slabs[place.Group].legal, r*group.Size+place.Rank, group.ActionCount)
}

func requireLength(name string, length, expected int) error {
	if length != expected {
		return malformed("%s: length %d (expected: %d)", name, length, expected)
	}
	return nil
}
