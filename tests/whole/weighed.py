"""Run a command and write down the memory of its largest process: `python weighed.py FILE COMMAND...`.

`getrusage` in the tests' own process would begin with the peak of the process that forks, which is theirs, and
would keep that of every command before; this one is small and has no other children.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    code = subprocess.call(sys.argv[2:])
    Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
    sys.exit(code)
