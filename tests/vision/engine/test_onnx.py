"""The model writer, tried on networks small enough to compute by hand."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biologidex.vision.engine.local.onnx import Graph, varint


@given(value=st.integers(0, 2**63 - 1))
def test_whole_numbers_are_written_in_sevens_of_bits_lowest_first(value: int) -> None:
    encoded = varint(value)

    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(encoded)) == value
    assert [byte >> 7 for byte in encoded] == [1] * (len(encoded) - 1) + [0]


def run(graph: Graph, outputs: dict[str, int], picture: object) -> list[list[float]]:
    session = onnxruntime.InferenceSession(graph.model(outputs), providers=["CPUExecutionProvider"])
    found = session.run(list(outputs), {"picture": np.array(picture, np.float32)[None]})
    return [one[0].tolist() for one in found]


def test_a_network_of_every_layer_computes_what_it_should() -> None:
    graph = Graph(name="tiny", channels=1, size=2)
    doubled = graph.conv(
        "picture", np.full((1, 1, 1, 1), 2, np.float32), np.float32([-1]), stride=1, pads=(0, 0), groups=1
    )
    total = graph.add(graph.relu6(doubled), "picture")
    mean = graph.average(total, output="mean")
    graph.dense(mean, np.float32([[10], [100]]), np.float32([0, 1]), output="scores")

    # 2x-1 = -1 1 3 7, clipped 0 1 3 6, plus x = 0 2 5 10, mean 4.25
    assert run(graph, {"mean": 1, "scores": 2}, [[[0, 1], [2, 4]]]) == [[4.25], [42.5, 426.0]]


@pytest.mark.parametrize(("pads", "corner"), [((0, 1), 1.0), ((1, 0), 0.0)])
def test_zeros_are_added_before_and_behind_as_told(pads: tuple[int, int], corner: float) -> None:
    upper_left = np.zeros((1, 1, 3, 3), np.float32)
    upper_left[0, 0, 0, 0] = 1
    graph = Graph(name="padded", channels=1, size=2)
    layer = graph.conv("picture", upper_left, np.float32([0]), stride=2, pads=pads, groups=1)
    graph.average(layer, output="seen")

    assert run(graph, {"seen": 1}, [[[1, 2], [3, 4]]]) == [[corner]]
