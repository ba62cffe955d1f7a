"""The program's version; any thread."""

import importlib.metadata


def version() -> str:
    """As installed; words when it runs from a folder that never was."""
    try:
        return importlib.metadata.version("kestrel-gcs")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
