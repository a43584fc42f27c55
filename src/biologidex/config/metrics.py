"""Where the processes of a machine count together."""

from pathlib import Path

from biologidex.config import env

READ_BY_LIBRARY = "PROMETHEUS_MULTIPROC_DIR"


def port() -> int:
    """Return where those that answer nobody else tell what they counted."""
    return env.number(
        "BIOLOGIDEX_METRICS_PORT",
        0,
        "The port at which `worker` and `beat` answer /metrics with what they have counted. "
        "0: nowhere, web tells of them.",
        most=65_535,
    )


def folder(named: str) -> Path | None:
    """Make the folder, and tell prometheus_client of it, which looks at the environment when it is first imported.

    Settings are read before any module of ours that counts, so this one place is early enough.
    """
    if not named:
        return None
    place = Path(named).expanduser().absolute()
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise env.BadValue(f"BIOLOGIDEX_METRICS_DIR cannot be used: {error.strerror}.") from error
    env.hand_on(READ_BY_LIBRARY, str(place))
    return place
