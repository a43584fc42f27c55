"""The architecture of EfficientNet-lite, and how its published weights become an ONNX model.

Layers and numbers: Tan and Le, "EfficientNet: Rethinking Model Scaling for CNNs" (2019), with the changes of the
lite variants (tensorflow/tpu, models/official/efficientnet/lite): no squeeze-and-excitation, ReLU6, and stem,
head and the first and last stage are never scaled. Channels and kernel sizes are read off the weights.

Batch normalisation is folded into the convolution before it: gamma * (conv(x) - mean) / sqrt(var + eps) + beta
equals a convolution with scaled weights and a bias.
"""

import math

import numpy as np

from biologidex.vision.engine.local.onnx import Floats, Graph
from biologidex.vision.engine.local.weights import Array, DamagedWeights

EPSILON = 1e-3  # of the batch normalisation during training
CLASSES, FEATURES = 1000, 1280
FIRST, LAST = (1, 1), (1, 1)
MIDDLE = ((2, 2), (2, 2), (3, 2), (3, 1), (4, 2))  # (blocks before scaling, stride of the first of them)


def build(weights: dict[str, Array], *, name: str, size: int, depth: float) -> bytes:
    """Return the ONNX model for pictures of `size` x `size` pixels; its outputs are `logits` and `embedding`.

    `depth` is the factor by which the variant repeats the blocks of the middle stages.
    """
    try:
        return _Builder(weights, name, size).model(_strides(depth))
    except KeyError as error:
        raise DamagedWeights(f"The weights of {name} lack {error}.") from error


def _strides(depth: float) -> list[int]:
    """Return the stride of every block. Only the first of a stage makes the picture smaller."""
    scaled = [(math.ceil(blocks * depth), stride) for blocks, stride in MIDDLE]
    return [
        stride if position == 0 else 1
        for blocks, stride in (FIRST, *scaled, LAST)
        for position in range(blocks)
    ]


class _Builder:
    """Walks through the network from the picture to the classes."""

    def __init__(self, weights: dict[str, Array], name: str, size: int) -> None:
        self._weights = weights
        self._size = size  # of the layer reached so far, as is the next
        self._channels = 3
        self._graph = Graph(name=name, channels=self._channels, size=size)

    def model(self, strides: list[int]) -> bytes:
        if f"_blocks.{len(strides)}._project_conv.weight" in self._weights:
            raise DamagedWeights("The weights have more blocks than the network.")
        layer = self._graph.relu6(self._conv("picture", "_conv_stem", "_bn0", stride=2))
        for position, stride in enumerate(strides):
            layer = self._block(layer, f"_blocks.{position}.", stride)
        layer = self._graph.relu6(self._conv(layer, "_conv_head", "_bn1"))
        pooled = self._graph.average(layer, output="embedding")
        self._graph.dense(pooled, self._floats("_fc.weight"), self._floats("_fc.bias"), output="logits")
        return self._graph.model({"logits": CLASSES, "embedding": FEATURES})

    def _block(self, source: str, prefix: str, stride: int) -> str:
        """An inverted bottleneck: widen (all but the first block do), look around in each channel, narrow."""
        layer, channels = source, self._channels
        if f"{prefix}_expand_conv.weight" in self._weights:
            layer = self._graph.relu6(self._conv(layer, f"{prefix}_expand_conv", f"{prefix}_bn0"))
        layer = self._conv(layer, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride=stride)
        layer = self._conv(self._graph.relu6(layer), f"{prefix}_project_conv", f"{prefix}_bn2")
        same_shape = stride == 1 and channels == self._channels
        return self._graph.add(layer, source) if same_shape else layer

    def _conv(self, source: str, conv: str, norm: str, *, stride: int = 1) -> str:
        weight, bias = self._folded(conv, norm)
        self._channels, inputs, kernel, _ = weight.shape
        pads = self._same_padding(kernel=kernel, stride=stride)
        groups = self._channels if inputs == 1 else 1  # one input per output: a depthwise convolution
        return self._graph.conv(source, weight, bias, stride=stride, pads=pads, groups=groups)

    def _same_padding(self, *, kernel: int, stride: int) -> tuple[int, int]:
        """Pad as TensorFlow's "SAME" does: as much as the output needs, an odd zero goes behind."""
        smaller = math.ceil(self._size / stride)
        total = max((smaller - 1) * stride + kernel - self._size, 0)
        self._size = smaller
        return total // 2, total - total // 2

    def _folded(self, conv: str, norm: str) -> tuple[Floats, Floats]:
        weight = self._weights[f"{conv}.weight"].astype(np.float64)
        gamma, beta = self._floats(f"{norm}.weight"), self._floats(f"{norm}.bias")
        mean, variance = self._floats(f"{norm}.running_mean"), self._floats(f"{norm}.running_var")
        scale = gamma / np.sqrt(variance.astype(np.float64) + EPSILON)
        bias = beta - mean * scale
        return (weight * scale[:, None, None, None]).astype(np.float32), bias.astype(np.float32)

    def _floats(self, name: str) -> Floats:
        return self._weights[name].astype(np.float32)
