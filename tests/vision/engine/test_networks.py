"""The networks are loaded once, run in several threads, and without their weights say so."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from biologidex.vision.engine.answer import Provider, ProviderError
from biologidex.vision.engine.local import efficientnet, networks
from biologidex.vision.engine.local.weights import DamagedWeights
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig, Thresholds


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not identified anything yet."""
    monkeypatch.setattr(networks, "_loaded", [])


def test_the_square_in_the_middle_is_what_the_networks_see() -> None:
    image = Image.new("RGB", (400, 292), "black")
    image.paste("white", (70, 16, 330, 276))  # 260 of the 292 pixels of the shorter side

    seen = networks.prepared(image, 260)

    assert seen.shape == (1, 3, 260, 260)
    assert seen.dtype == np.float32
    assert seen.min() == seen.max() == 1.0  # (255 - 127) / 128


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
def test_even_the_oddest_shapes_can_be_seen(size: tuple[int, int]) -> None:
    assert networks.prepared(Image.new("RGB", size), 240).shape == (1, 3, 240, 240)


def test_an_embedding_has_2560_numbers_and_length_one(local: Provider, picture: bytes) -> None:
    embedding = np.frombuffer(local.identify(picture).embedding, "<f2").astype(float)

    assert embedding.shape == (2560,)
    assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-3)


def test_a_picture_resembles_itself_more_than_another(local: Provider, photos: Path) -> None:
    def look(name: str) -> np.ndarray:
        answer = local.identify((photos / "gradio/media_assets/images" / name).read_bytes())
        return np.frombuffer(answer.embedding, "<f2").astype(float)

    cheetah, other_cheetah, tower = look("cheetah.jpg"), look("cheetah1.jpg"), look("tower.jpg")

    assert cheetah @ cheetah > cheetah @ other_cheetah > cheetah @ tower


def test_the_same_picture_gets_the_same_answer_in_every_thread(local: Provider, picture: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: replace(local.identify(picture), milliseconds=0.0), range(8)))

    assert all(answer == answers[0] for answer in answers)


@pytest.mark.slow
def test_threads_that_come_at_once_load_the_networks_once(
    unloaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    load = networks.Networks

    def counted() -> networks.Networks:
        loads.append(threading.current_thread().name)
        return load()

    monkeypatch.setattr(networks, "Networks", counted)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: networks.networks(), range(4)))

    assert len(loads) == 1
    assert all(one is found[0] for one in found)


def test_without_the_weights_identification_is_unavailable_and_says_what_is_missing(
    unloaded: None, monkeypatch: pytest.MonkeyPatch, picture: bytes
) -> None:
    absent = replace(networks.SPECS[0], package="efficientnet-nowhere-pytorch-model")
    monkeypatch.setattr(networks, "SPECS", (absent,))

    with pytest.raises(ProviderError, match="efficientnet-nowhere-pytorch-model is missing") as caught:
        PROVIDERS["local"](EngineConfig()).identify(picture)

    assert (caught.value.code, caught.value.temporary) == ("unavailable", False)


def test_with_damaged_weights_identification_is_unavailable(
    unloaded: None, monkeypatch: pytest.MonkeyPatch, picture: bytes
) -> None:
    monkeypatch.setattr(networks, "SPECS", (replace(networks.SPECS[0], sha256="0" * 64),))

    with pytest.raises(ProviderError, match="checksum") as caught:
        PROVIDERS["local"](EngineConfig()).identify(picture)

    assert caught.value.code == "unavailable"


def test_weights_of_another_network_do_not_fit() -> None:
    with pytest.raises(DamagedWeights, match="lack"):
        efficientnet.build({}, name="empty", size=240, depth=1.1)


def test_a_version_names_packages_weights_labels_and_rule(local: Provider) -> None:
    version = local.version()

    for part in (
        "lite1=0.1.0/77cc7160d37b",
        "lite2=0.1.0/9656183eaeaf",
        "onnxruntime=",
        "pillow=",
        "labels=",
    ):
        assert part in version
    assert version.endswith("rule=F")


def test_other_thresholds_are_another_rule() -> None:
    bolder = PROVIDERS["local"](EngineConfig(thresholds=Thresholds(species=0.8)))
    boldest = PROVIDERS["local"](EngineConfig(thresholds=Thresholds(species=0.7)))

    assert "rule=F-" in bolder.version()
    assert bolder.version() != boldest.version()


def test_whoever_runs_them_tells_nobody_and_leaves_no_id_on_the_machine(tmp_path: Path) -> None:
    told = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    where = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "ORT_DISABLE_TELEMETRY": "0"}
    program = "from biologidex.vision.engine.local import networks; networks.onnxruntime.SessionOptions()"

    # Without `CI` and the like, where onnxruntime is silent by itself.
    subprocess.run([sys.executable, "-c", program], env=told | where, check=True)

    assert list(tmp_path.iterdir()) == []
