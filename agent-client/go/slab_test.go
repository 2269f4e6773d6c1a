package macenv

import (
	"slices"
	"testing"

	"macenv.dev/macenv/macenvpb"
)

// 1.0 and -2.0 as little-endian float32.
var onePointZeroMinusTwo = []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}

func TestFloatsAreViewsWithoutCopies(t *testing.T) {
	if !nativeIsLittle {
		t.Skip("SKIPPED: this machine's numbers are not those of the wire, so there has to be a copy")
	}
	bytes := slices.Clone(onePointZeroMinusTwo)
	values := floats(bytes, macenvpb.DataType_DATA_TYPE_FLOAT32)
	copy(bytes, onePointZeroMinusTwo[4:])
	if !slices.Equal(values, []float32{-2, -2}) {
		t.Errorf("%v (expected: [-2 -2], the bytes as they are now)", values)
	}
	if allocations := testing.AllocsPerRun(100, func() { values = floats(bytes, macenvpb.DataType_DATA_TYPE_FLOAT32) }); allocations != 0 {
		t.Errorf("allocations: %v (expected: 0)", allocations)
	}
}

func TestUnalignedFloatsAreCopied(t *testing.T) {
	for shift := range 4 {
		bytes := make([]byte, shift+len(onePointZeroMinusTwo))
		copy(bytes[shift:], onePointZeroMinusTwo)
		if values := viewFloat32(bytes[shift:]); !slices.Equal(values, []float32{1, -2}) {
			t.Errorf("shifted by %d: %v (expected: [1 -2])", shift, values)
		}
	}
}

func TestEveryElementTypeReadsAsFloat(t *testing.T) {
	for dtype, bytes := range map[macenvpb.DataType][]byte{
		macenvpb.DataType_DATA_TYPE_UINT8:   {3, 1},
		macenvpb.DataType_DATA_TYPE_INT32:   {3, 0, 0, 0, 1, 0, 0, 0},
		macenvpb.DataType_DATA_TYPE_INT64:   {3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0},
		macenvpb.DataType_DATA_TYPE_FLOAT32: {0, 0, 0x40, 0x40, 0, 0, 0x80, 0x3f},
		macenvpb.DataType_DATA_TYPE_FLOAT64: {0, 0, 0, 0, 0, 0, 8, 0x40, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f},
	} {
		if values := floats(bytes, dtype); !slices.Equal(values, []float32{3, 1}) {
			t.Errorf("%v: %v (expected: [3 1])", dtype, values)
		}
	}
}

// An answer whose columns do not fit the specification is refused whole, instead of being read wrongly later.
func TestColumnsOfWrongLengthAreRefused(t *testing.T) {
	spec := &TeamSpec{
		Agents: []Agent{{}},
		Groups: []Group{{Size: 1, Observation: TensorSpec{Size: 1, dtype: macenvpb.DataType_DATA_TYPE_FLOAT32}, ActionCount: 1}},
		State:  TensorSpec{Size: 1, dtype: macenvpb.DataType_DATA_TYPE_FLOAT32},
	}
	batch := &macenvpb.EventBatch{
		Rows: 1, Lane: []uint32{0}, Episode: []uint32{0}, Tick: []uint32{0}, Kind: []byte{1}, Status: []byte{5},
		JointReward: []float64{0}, JointTau: []uint32{0}, AgentReward: make([]byte, 8), AgentTau: make([]byte, 4),
		Groups: []*macenvpb.GroupSlab{{Observation: make([]byte, 4), Legal: []byte{1}}},
	}
	if _, err := newEvents(spec, []int{0}, &macenvpb.StepResponse{Events: batch}); err != nil {
		t.Fatal(err)
	}
	batch.Groups[0].Observation = make([]byte, 8)
	if _, err := newEvents(spec, []int{0}, &macenvpb.StepResponse{Events: batch}); err == nil {
		t.Error("an observation of two elements was taken (expected: refused)")
	}
	if events, err := newEvents(spec, []int{0}, &macenvpb.StepResponse{}); err != nil || events.Rows() != 0 {
		t.Errorf("%v, %v (expected: no rows)", events, err)
	}
}
