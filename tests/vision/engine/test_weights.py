"""Weights are read as published or not at all, and a file cannot make the reader run anything."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biologidex.vision.engine.local.networks import SPECS
from biologidex.vision.engine.local.weights import DamagedWeights, read_weights
from vision.engine import torch_file
from vision.engine.torch_file import Call, Named, Stored, tensor

NUMBERS = np.arange(6, dtype=np.float32)


def test_tensors_are_read_with_their_shapes_and_strides(tmp_path: Path) -> None:
    tensors = {"plain": tensor("a", 6, (2, 3), (3, 1)), "turned": tensor("a", 6, (3, 2), (1, 3))}

    read = read_weights(*torch_file.write(tmp_path, tensors, {"a": NUMBERS}))

    assert read["plain"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read["turned"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_several_storages_and_offsets_are_told_apart(tmp_path: Path) -> None:
    tensors = {"first": tensor("a", 6, (2,), (1,), offset=4), "second": tensor("b", 1, (), ())}

    read = read_weights(*torch_file.write(tmp_path, tensors, {"b": np.float32([7]), "a": NUMBERS}))

    assert (read["first"].tolist(), read["second"].tolist()) == ([4, 5], 7)


def test_a_file_with_another_checksum_is_refused_unread(tmp_path: Path) -> None:
    path, _ = torch_file.write(tmp_path, {"x": tensor("a", 6, (6,), (1,))}, {"a": NUMBERS})

    with pytest.raises(DamagedWeights, match="checksum"):
        read_weights(path, "0" * 64)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedWeights, match="cannot be read"):
        read_weights(tmp_path / "none.pth", "0" * 64)


HOSTILE: dict[str, Any] = {
    "runs a command": Call(Named("os", "system"), "touch hacked"),
    "runs a command under its other name": Call(Named("posix", "system"), "touch hacked"),
    "evaluates code": Call(Named("builtins", "eval"), "open('hacked', 'w')"),
    "imports something": Call(Named("importlib", "import_module"), "antigravity"),
    "reaches into an allowed module": Named("collections", "OrderedDict.__init__.__globals__"),
    "asks for another part of torch": Named("torch.jit", "load"),
    "refers to something that is not a storage": Stored("file", torch_file.FLOATS, "a", "cpu", 6, None),
    "refers to a storage of something that is no number": Stored(
        "storage", Named("collections", "OrderedDict"), "a", "cpu", 6, None
    ),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_and_runs_nothing(
    hostile: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DamagedWeights):
        read_weights(*torch_file.write(tmp_path, {"x": hostile}, {"a": NUMBERS}))

    assert [path.name for path in tmp_path.iterdir()] == ["weights.pth"]


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((7,), (1,), 0),
        ((6,), (1,), 1),
        ((2, 3), (4, 1), 0),
        ((3,), (-1,), 5),
        ((-1,), (1,), 0),
        ((2,), (1,), -1),
    ],
)
def test_a_tensor_that_reaches_outside_of_its_storage_is_refused(
    shape: tuple[int, ...], strides: tuple[int, ...], offset: int, tmp_path: Path
) -> None:
    tensors = {"x": tensor("a", 6, shape, strides, offset=offset)}

    with pytest.raises(DamagedWeights):
        read_weights(*torch_file.write(tmp_path, tensors, {"a": NUMBERS}))


def test_another_format_is_refused(tmp_path: Path) -> None:
    tensors = {"x": tensor("a", 6, (6,), (1,))}

    with pytest.raises(DamagedWeights):
        read_weights(*torch_file.write(tmp_path, tensors, {"a": NUMBERS}, magic=1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missing=st.integers(1, 240))
def test_a_file_that_is_cut_short_is_refused(missing: int, tmp_path: Path) -> None:
    tensors = {"x": tensor("a", 6, (6,), (1,))}
    whole, _ = torch_file.write(tmp_path, tensors, {"a": NUMBERS})
    length = max(0, whole.stat().st_size - missing)

    with pytest.raises(DamagedWeights):
        read_weights(*torch_file.write(tmp_path, tensors, {"a": NUMBERS}, cut=length))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_expected_checksum_begins_as_the_files_name_says(spec: Any) -> None:
    assert spec.file.removesuffix(".pth").rsplit("-", 1)[1] == spec.sha256[:8]
