"""What the disk under an archive refuses, as one line that tells the user what to do."""

from __future__ import annotations

import errno

from pipelines.errors import ArchiveUnwritable

SPACE = "what was written before is valid: free space or mend the permissions and try again"


def unwritable(error: OSError, where: str) -> ArchiveUnwritable:
    """The error of the tree for what happened to a file or folder at `where`."""
    said = error.strerror or errno.errorcode.get(error.errno or 0, str(error))
    return ArchiveUnwritable(f"{where}: {said}; {SPACE}")
