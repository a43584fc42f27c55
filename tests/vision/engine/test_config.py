"""Settings that cannot mean anything are refused, and the key stays secret."""

import pytest

from biologidex.vision.engine.config import EngineConfig, Thresholds


@pytest.mark.parametrize("wrong", [{"species": 0.0}, {"class_": 1.1}, {"unsure": 0.6, "animal": 0.5}])
def test_thresholds_that_cannot_mean_anything_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Thresholds(**wrong)


def test_the_key_does_not_show_when_the_settings_are_printed() -> None:
    assert "sk-secret" not in repr(EngineConfig(openai_api_key="sk-secret"))


def test_single_thresholds_can_differ_from_the_measured_ones() -> None:
    assert Thresholds.but_for({"class": 0.9, "species": 0.95}) == Thresholds(class_=0.9, species=0.95)
    assert Thresholds.but_for({}) == Thresholds()
    with pytest.raises(ValueError, match="no threshold 'clas'"):
        Thresholds.but_for({"clas": 0.9})
