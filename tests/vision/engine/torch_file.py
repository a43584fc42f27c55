"""Writes files in the format torch.save used before version 1.6, as the weights come in."""

import collections
import hashlib
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = 0x1950A86A20F9469CFC6C


class Named:
    """Pickled as nothing but the name of a global, whether or not that exists here."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self) -> None:
        """Exist, so that pickle takes it for a function."""


class Call:
    """Pickled as a call of a global with arguments."""

    def __init__(self, function: Named, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Named, tuple[Any, ...]]:
        return self.function, self.arguments


class Stored:
    """Pickled as a reference to a storage outside of the pickle."""

    def __init__(self, *reference: Any) -> None:
        self.reference = reference


class _Writer(pickle._Pickler):  # the one in Python, whose parts can be replaced
    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, Named):
            self.write(b"c" + f"{obj.module}\n{obj.name}\n".encode())
        else:
            super().save(obj, save_persistent_id)

    def persistent_id(self, obj: Any) -> Any:
        return obj.reference if isinstance(obj, Stored) else None


FLOATS = Named("torch", "FloatStorage")


def tensor(
    key: str, numbers: int, shape: tuple[int, ...], strides: tuple[int, ...], *, offset: int = 0
) -> Call:
    """Describe a tensor over a storage of `numbers` floats."""
    storage = Stored("storage", FLOATS, key, "cpu", numbers, None)
    rebuild = Named("torch._utils", "_rebuild_tensor_v2")
    return Call(rebuild, storage, offset, shape, strides, 0, collections.OrderedDict())


def write(
    folder: Path,
    tensors: Any,
    storages: dict[str, npt.NDArray[np.float32]],
    *,
    magic: int = MAGIC,
    cut: int | None = None,
) -> tuple[Path, str]:
    """Write a file and return its path and sha256. `cut` keeps only so many bytes."""
    path = folder / "weights.pth"
    with path.open("wb") as stream:
        for part in (magic, 1001, {"little_endian": True}, tensors, list(storages)):
            _Writer(stream, protocol=2).dump(part)
        for numbers in storages.values():
            stream.write(struct.pack("<q", numbers.size) + numbers.astype("<f4").tobytes())
    if cut is not None:
        path.write_bytes(path.read_bytes()[:cut])
    return path, hashlib.sha256(path.read_bytes()).hexdigest()
