"""Servers that are killed are started again by one who watches, once."""

from pathlib import Path

import pytest

from stack.programs import Program


def test_nobody_starts_what_is_just_being_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program("sleeper", ["sleep", "60"], tmp_path / "log", is_ready=lambda: True)
    program.start()
    assert program.process is not None
    may_start, wait = [], program.process.wait

    def note(patience: float) -> int:
        ended = wait(patience)
        may_start.append(not program.is_running and not program.is_handled)
        return ended

    monkeypatch.setattr(program.process, "wait", note)
    program.kill()

    assert may_start == [False]
    assert not program.is_handled
