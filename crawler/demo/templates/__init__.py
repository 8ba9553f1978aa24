"""The content systems of the network, one module each, by name."""

from __future__ import annotations

from crawler.demo.templates import dedecms, discuz, empirecms, modern, phpcms, script, seed, trs, wordpress
from crawler.demo.views import System

SYSTEMS: dict[str, System] = {
    "modern": modern.SYSTEM,
    "seed": seed.SYSTEM,
    "dedecms": dedecms.SYSTEM,
    "dedecms-old": dedecms.OLD,
    "empirecms": empirecms.SYSTEM,
    "phpcms": phpcms.SYSTEM,
    "discuz": discuz.SYSTEM,
    "wordpress": wordpress.SYSTEM,
    "trs": trs.SYSTEM,
    "script": script.SYSTEM,
}
