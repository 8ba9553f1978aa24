"""Folders in which an export makes its files before they go up."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.archive.processes import is_dead, process_name

_PREFIX = "ipnews-export-"
_OWNED = re.compile(rf"{_PREFIX}(.+:\d+)-[^-]*")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for temporary files, gone afterwards.

    Those that killed exports have left go first: the rows of a table of a million articles take gigabytes,
    and nothing else would ever clear them. Raises OSError where there is no room.
    """
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{process_name()}-") as folder:
        yield Path(folder)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        owner = _OWNED.fullmatch(left.name)
        if owner and is_dead(owner[1]):
            shutil.rmtree(left, ignore_errors=True)  # another user's stays
