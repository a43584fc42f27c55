"""Reads weights that torch saved, without torch and without letting the file run anything.

The format is the one torch.save wrote before version 1.6 (torch/serialization.py, `_legacy_save`): five pickles
(magic number, protocol, facts about the machine, the tensors' shapes, the keys of their storages), then each
storage as a count (8 bytes, little endian) and its raw numbers. A pickle may name any function to be called,
so this reader knows exactly the four names these files need and refuses every other.
"""

import collections
import hashlib
import io
import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
Array = npt.NDArray[np.generic]


class DamagedWeights(Exception):
    """The file is not the one it claims to be, is cut short, or asks for something it must not."""


class Storage(NamedTuple):
    """A run of numbers in the file that tensors are views of."""

    key: str
    dtype: np.dtype[np.generic]
    length: int


class Tensor(NamedTuple):
    """A tensor as the pickle describes it: where its numbers lie in a storage, not yet the numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild_tensor(
    storage: Storage,
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    *_ignored: object,  # requires_grad and hooks: matters of training
) -> Tensor:
    return Tensor(storage, offset, shape, strides)


ALLOWED: Mapping[tuple[str, str], object] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),
}


class _Reader(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        try:
            return ALLOWED[module_name, global_name]
        except KeyError:
            raise DamagedWeights(
                f"The file asks for {module_name}.{global_name}, which is refused."
            ) from None

    def persistent_load(self, pid: Any) -> Storage:
        kind, dtype, key, _device, length, view = pid
        if kind != "storage" or not isinstance(dtype, np.dtype) or view is not None:
            raise DamagedWeights("The file refers to something that is not a plain storage.")
        return Storage(key, dtype, length)


def read_weights(path: Path, sha256: str) -> dict[str, Array]:
    """Return the tensors by name. Raises DamagedWeights unless the file is exactly the one with this sha256."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DamagedWeights(f"{path.name} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedWeights(f"{path.name} is not the published file: its checksum differs.")
    try:
        return _parse(content)
    except DamagedWeights:
        raise
    except _PICKLE_FAULTS as error:
        raise DamagedWeights(f"{path.name} is cut short or not in torch's old format.") from error


# What unpickling arbitrary bytes raises, by the documentation of pickle and by trying.
_PICKLE_FAULTS = (
    pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError,
    ImportError, MemoryError, RecursionError, struct.error,
)  # fmt: skip


def _parse(content: bytes) -> dict[str, Array]:
    stream = io.BytesIO(content)
    magic, protocol, _machine, tensors, keys = (_Reader(stream).load() for _ in range(5))
    if magic != MAGIC or protocol != PROTOCOL:
        raise DamagedWeights("The file does not begin like torch's old format.")
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    numbers = _storages(content, stream.tell(), [storages[key] for key in keys])
    return {name: _array(tensor, numbers[tensor.storage.key]) for name, tensor in tensors.items()}


def _storages(content: bytes, position: int, storages: list[Storage]) -> dict[str, Array]:
    """Return each storage as a view of `content`, in the order in which they follow each other there."""
    numbers: dict[str, Array] = {}
    for storage in storages:
        (length,) = struct.unpack_from("<q", content, position)
        if length != storage.length or length < 0:
            raise DamagedWeights("A storage does not have the announced size.")
        numbers[storage.key] = np.frombuffer(content, storage.dtype, length, position + 8)
        position += 8 + length * storage.dtype.itemsize
    return numbers


def _array(tensor: Tensor, numbers: Array) -> Array:
    """Return the tensor's numbers as an array of their own."""
    steps = zip(tensor.shape, tensor.strides, strict=True)
    last = tensor.offset + sum((size - 1) * stride for size, stride in steps)
    if min((tensor.offset, *tensor.shape, *tensor.strides)) < 0 or last >= len(numbers):
        raise DamagedWeights("A tensor reaches outside of its storage.")
    strides = [stride * numbers.itemsize for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, strides, writeable=False)
    return np.ascontiguousarray(view).reshape(tensor.shape)
