"""The offline provider: two small networks on this machine. Free, private, needs no network."""

import hashlib
import time
from decimal import Decimal

from biologidex.vision.engine.answer import Answer
from biologidex.vision.engine.config import EngineConfig, Thresholds
from biologidex.vision.engine.labels import digest
from biologidex.vision.engine.local.networks import LEAST_SIDE, SPECS, networks
from biologidex.vision.engine.local.rule import Decision
from biologidex.vision.engine.pictures import open_picture
from biologidex.vision.engine.versions import package_version


class Local:
    """Identifies with the networks of `engine/local`."""

    name = model = "local"
    is_remote = False

    def __init__(self, config: EngineConfig) -> None:
        self._config = config

    def price(self) -> Decimal:
        """Return nothing: it runs here."""
        return Decimal(0)

    def version(self) -> str:
        """Name packages, weights, label table and rule."""
        weights = [f"{spec.name}={package_version(spec.package)}/{spec.sha256[:12]}" for spec in SPECS]
        runtime = [f"{name}={package_version(name)}" for name in ("onnxruntime", "pillow")]
        table = f"labels={digest()[:12]}"
        return " ".join(["local", *weights, *runtime, table, f"rule={_rule(self._config.thresholds)}"])

    def prepare(self) -> None:
        """Load the networks: about half a second, once per process."""
        networks()

    def identify(self, picture: bytes) -> Answer:
        """Name the animal, as specifically as the networks can be sure."""
        started = time.perf_counter()
        image = open_picture(picture, least_side=LEAST_SIDE, max_pixels=self._config.max_pixels)
        sight = networks().look(image)
        decision = Decision(sight.logits, self._config.thresholds)
        return Answer(
            verdict=decision.verdict,
            taxon=decision.taxon(),
            candidates=decision.candidates(),
            animal_probability=decision.animal_probability,
            provider=self.name,
            version=self.version(),
            embedding=sight.embedding,
            milliseconds=(time.perf_counter() - started) * 1000,
        )


def _rule(thresholds: Thresholds) -> str:
    """Return the rule's name; other numbers than the measured ones are another rule."""
    if thresholds == Thresholds():
        return "F"
    return "F-" + hashlib.sha256(repr(thresholds).encode()).hexdigest()[:8]
