"""Writes an ONNX model as bytes: the few parts of the format that our networks need, and nothing else.

ONNX is a protocol-buffers message (onnx/onnx.proto; the field numbers below are from there). In the wire format
every field is a key (field number * 8 + wire type) and a value: wire type 0 is a variable-length
integer, wire type 2 a length and that many bytes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

IR_VERSION = 8  # the first that belongs to opset 13 and later; onnxruntime reads all older ones
OPSET = 13
FLOAT = 1  # TensorProto.DataType
ATTRIBUTE_INT, ATTRIBUTE_INTS = 2, 7  # AttributeProto.AttributeType


def varint(value: int) -> bytes:
    """Encode a whole number of at least 0, seven bits to a byte, lowest first."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def number(field: int, value: int) -> bytes:
    """Encode one field that holds a whole number."""
    return varint(field << 3) + varint(value)


def block(field: int, content: bytes | str) -> bytes:
    """Encode one field that holds bytes, text or another message."""
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


class Graph:
    """A network under construction. Each method adds one layer and returns the name of its output."""

    def __init__(self, *, name: str, channels: int, size: int) -> None:
        self.name = name
        self._input = _value_info("picture", (1, channels, size, size))
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._count = 0
        self._low = self._constant("zero", np.zeros((), np.float32))
        self._high = self._constant("six", np.full((), 6, np.float32))

    def conv(
        self, source: str, weight: Floats, bias: Floats, *, stride: int, pads: tuple[int, int], groups: int
    ) -> str:
        """Convolve; `pads` are the zeros before and after, the same for both directions."""
        before, after = pads
        return self._node(
            "Conv",
            [source, self._constant("weight", weight), self._constant("bias", bias)],
            _ints("pads", (before, before, after, after))
            + _ints("strides", (stride, stride))
            + _ints("kernel_shape", weight.shape[2:])
            + _int("group", groups),
        )

    def relu6(self, source: str) -> str:
        """Clip to 0..6, the activation of the lite networks."""
        return self._node("Clip", [source, self._low, self._high])

    def add(self, first: str, second: str) -> str:
        """Add two layers of the same shape."""
        return self._node("Add", [first, second])

    def average(self, source: str, *, output: str) -> str:
        """Average over the picture's area: one number per channel is left."""
        return self._node("Flatten", [self._node("GlobalAveragePool", [source])], output=output)

    def dense(self, source: str, weight: Floats, bias: Floats, *, output: str) -> str:
        """Multiply by a matrix of (outputs, inputs) and add the bias."""
        constants = [self._constant("weight", weight), self._constant("bias", bias)]
        return self._node("Gemm", [source, *constants], _int("transB", 1), output=output)

    def model(self, outputs: dict[str, int]) -> bytes:
        """Return the finished model. `outputs` are the names of layers to hand out and their lengths."""
        graph = b"".join(
            [
                *(block(1, node) for node in self._nodes),
                block(2, self.name),
                *(block(5, constant) for constant in self._constants),
                block(11, self._input),
                *(block(12, _value_info(name, (1, length))) for name, length in outputs.items()),
            ]
        )
        opset = block(1, "") + number(2, OPSET)
        return b"".join([number(1, IR_VERSION), block(2, "biologidex"), block(8, opset), block(7, graph)])

    def _node(self, kind: str, inputs: Sequence[str], attributes: bytes = b"", *, output: str = "") -> str:
        output = output or self._fresh(kind.lower())
        names = b"".join(block(1, name) for name in inputs) + block(2, output)
        self._nodes.append(names + block(4, kind) + attributes)
        return output

    def _constant(self, kind: str, values: Floats) -> str:
        name = self._fresh(kind)
        dims = b"".join(number(1, length) for length in values.shape)
        raw = np.ascontiguousarray(values, "<f4").tobytes()
        self._constants.append(dims + number(2, FLOAT) + block(8, name) + block(9, raw))
        return name

    def _fresh(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"


def _int(name: str, value: int) -> bytes:
    return block(5, block(1, name) + number(3, value) + number(20, ATTRIBUTE_INT))


def _ints(name: str, values: Sequence[int]) -> bytes:
    numbers = b"".join(number(8, value) for value in values)
    return block(5, block(1, name) + numbers + number(20, ATTRIBUTE_INTS))


def _value_info(name: str, shape: Sequence[int]) -> bytes:
    dims = b"".join(block(1, number(1, length)) for length in shape)
    tensor = number(1, FLOAT) + block(2, dims)
    return block(1, name) + block(2, block(1, tensor))
