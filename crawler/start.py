"""Where the `ipnews` command starts: Ctrl-C is heard before the imports, which take a tenth of a second."""

from __future__ import annotations

from importlib import import_module

from crawler.interrupt import stop_in_two_steps


def main() -> None:
    """Run the command."""
    stop_in_two_steps()
    import_module("crawler.cli").main()
