package augur

// DType is the element type of a tensor, by its ONNX name in lower case.
type DType string

// The element types ONNX knows. Those of a byte or more hold their elements
// little-endian; the 4- and 2-bit types pack several into a byte, low bits
// first, as ONNX packs them.
const (
	Float32    DType = "float32"
	Float64    DType = "float64"
	Float16    DType = "float16"
	BFloat16   DType = "bfloat16"
	Int8       DType = "int8"
	Int16      DType = "int16"
	Int32      DType = "int32"
	Int64      DType = "int64"
	Uint8      DType = "uint8"
	Uint16     DType = "uint16"
	Uint32     DType = "uint32"
	Uint64     DType = "uint64"
	Bool       DType = "bool"
	String     DType = "string"
	Complex64  DType = "complex64"
	Complex128 DType = "complex128"
	Int4       DType = "int4"
	Uint4      DType = "uint4"
	Int2       DType = "int2"
	Uint2      DType = "uint2"

	Float4E2M1     DType = "float4e2m1"
	Float8E4M3FN   DType = "float8e4m3fn"
	Float8E4M3FNUZ DType = "float8e4m3fnuz"
	Float8E5M2     DType = "float8e5m2"
	Float8E5M2FNUZ DType = "float8e5m2fnuz"
	Float8E8M0     DType = "float8e8m0"
)

var bits = map[DType]int{
	Float32: 32, Float64: 64, Float16: 16, BFloat16: 16,
	Int8: 8, Int16: 16, Int32: 32, Int64: 64,
	Uint8: 8, Uint16: 16, Uint32: 32, Uint64: 64,
	Bool: 8, String: 0, Complex64: 64, Complex128: 128,
	Int4: 4, Uint4: 4, Int2: 2, Uint2: 2, Float4E2M1: 4,
	Float8E4M3FN: 8, Float8E4M3FNUZ: 8, Float8E5M2: 8, Float8E5M2FNUZ: 8, Float8E8M0: 8,
}

// DTypes lists every element type, in the order of the constants.
func DTypes() []DType {
	return []DType{
		Float32, Float64, Float16, BFloat16, Int8, Int16, Int32, Int64,
		Uint8, Uint16, Uint32, Uint64, Bool, String, Complex64, Complex128,
		Int4, Uint4, Int2, Uint2, Float4E2M1,
		Float8E4M3FN, Float8E4M3FNUZ, Float8E5M2, Float8E5M2FNUZ, Float8E8M0,
	}
}

// Valid says whether d is one of DTypes.
func (d DType) Valid() bool { _, ok := bits[d]; return ok }

// Bits returns the width of one element, 0 for String.
func (d DType) Bits() int { return bits[d] }

// Bytes returns how many bytes n elements take, rounding packed types up to a
// whole byte. It returns 0 for String.
func (d DType) Bytes(n int64) int64 { return (n*int64(bits[d]) + 7) / 8 }

// Float says whether elements are written in JSON as floating-point numbers.
func (d DType) Float() bool {
	return d == Float32 || d == Float64 || d == Float16 || d == BFloat16
}

// Integer says whether elements are written in JSON as integers of one byte or more.
func (d DType) Integer() bool {
	switch d {
	case Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64:
		return true
	default:
		return false
	}
}

// Number says whether d is Float or Integer.
func (d DType) Number() bool { return d.Float() || d.Integer() }

// Opaque says whether elements have no JSON form, so that data travels as
// base64 bytes only: the 8-bit floats and everything below a byte.
func (d DType) Opaque() bool {
	switch d {
	case Bool, String, Complex64, Complex128:
		return false
	}
	return !d.Number() && d.Valid()
}
