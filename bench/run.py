"""`make eval` and `make bench`: run every area's figures, print them, exit 1 when a bound does not hold.

An area is a module `bench/eval_<area>.py` or `bench/bench_<area>.py` with `run(full: bool) -> list[Figure]`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figure, report


def areas(kind: str) -> list[str]:
    """The areas there are, by the files that are there."""
    return sorted(path.stem.removeprefix(f"{kind}_") for path in Path(__file__).parent.glob(f"{kind}_*.py"))


def main() -> int:
    """Parse the command line, run, print; 1 when a floor does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("kind", choices=["eval", "bench"])
    parser.add_argument("area", nargs="*", help="areas to run; all when none is named")
    parser.add_argument("--short", action="store_true", help="the form that the tests assert")
    args = parser.parse_args()
    return report(_figures(args.kind, args.area or areas(args.kind), full=not args.short))


def _figures(kind: str, chosen: Sequence[str], *, full: bool) -> Iterator[Figure]:
    for area in chosen:
        print(f"== {kind}: {area}", file=sys.stderr, flush=True)
        yield from importlib.import_module(f"bench.{kind}_{area}").run(full=full)


if __name__ == "__main__":
    raise SystemExit(main())
