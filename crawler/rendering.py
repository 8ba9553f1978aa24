"""Which pages a browser renders at once: by the declaration, by the address, by what the host has shown."""

from __future__ import annotations

from collections import Counter

from crawler.census import Counts
from crawler.frontier import Address
from pipelines.sites import Site

SHELLS = 5
"""Articles of a host that needed a browser before its others are rendered without a plain try first."""


class Rendering:
    """Articles of each host that needed a browser, and that did without."""

    def __init__(self, pages: Counts) -> None:
        """`pages` as `census.rendered` counts them."""
        self._pages = Counter(pages)

    def note(self, host: str, browser: bool) -> None:
        """One more article of a host, rendered or not."""
        self._pages[host, browser] += 1

    def wanted(self, address: Address, site: Site) -> bool:
        """Whether an address is declared so, known so, or learnt from its host.

        A host is learnt when SHELLS of its articles needed a browser and none did without.
        """
        if address.kind in ("feed", "sitemap"):
            return False
        if site.browser != "auto":
            return site.browser == "always"
        learnt = self._pages[address.host, True] >= SHELLS and not self._pages[address.host, False]
        return address.browser or (learnt and address.kind == "article")
