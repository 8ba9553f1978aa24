"""Files that are put in place when whole: who reads one sees the old text or the new."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file beside the one that is there, in UTF-8, and put it in its place. Raises OSError, and
    leaves what was there as it was."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
