"""Names the packages an answer depends on."""

from importlib import metadata


def package_version(name: str) -> str:
    """Return the installed version of a package, or "missing"."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
