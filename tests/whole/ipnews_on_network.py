"""`ipnews` with names pinned to ports of this machine: `python ipnews_on_network.py ARGUMENT...`.

A command never pins names, only the demo does. `NETWORK` in the environment is a JSON object of
host -> [address, port]; the rest is the command as it is typed.
"""

from __future__ import annotations

import functools
import json
import os

import crawler.run
from crawler.cli import main

crawler.run.crawl = functools.partial(
    crawler.run.crawl, resolve=json.loads(os.environ["NETWORK"]), patience=8.0, browser=False
)

if __name__ == "__main__":
    main()
