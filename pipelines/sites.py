"""Declarations of mirror sites: one TOML file a site in `data/sites/`, checked as it is read.

A declaration says where to start, how fast to go and, where the general reading does not suffice, which
elements hold the headline and the body. It is data: nothing in it is executed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from pipelines.errors import SiteFileError, UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")

_NUMBERS_OR_BARE = re.compile(r"[a-z0-9-]+|[0-9.]+|\[?[0-9a-f]*:[0-9a-f:.]+\]?")
_BARE = "write the bare host name in lower case, without scheme, port or path"
_A_NAME = (
    "addresses and names without a dot are not taken; name the host as the internet does; "
    "a server of your own gets a name in the hosts file: docs/add-a-mirror.md"
)
_MOST_NAMED = 5
"""Sites that a message lists."""


class Selectors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CSS selectors that replace the general reading of a page; None leaves it to the general reading."""

    headline: str | None = None
    body: str | None = None
    origin: str | None = None
    date: str | None = None
    next: str | None = None
    remove: tuple[str, ...] = ()


class Patterns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Regular expressions over whole addresses: which are articles, lists, and never to be fetched."""

    article: tuple[str, ...] = ()
    list: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Manners towards one host. `delay` in seconds between requests; robots.txt may ask for more."""

    delay: float = 2.0
    connections: int = 1
    pages: int = 20_000
    depth: int = 50


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One declared site. `origin` is the publisher host whose paths the mirror keeps (evidence only)."""

    hosts: tuple[str, ...]
    name: str = ""
    title: str = ""
    enabled: bool = False
    demo: bool = False
    verified: date | None = None
    valid_until: date | None = None
    start: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    origin: str | None = None
    encoding: str | None = None
    loopback: bool = False
    verify_tls: bool = True
    browser: Literal["auto", "never", "always"] = "auto"
    notes: str = ""
    pace: Pace = Pace()
    urls: Patterns = Patterns()
    select: Selectors = Selectors()


def parse_site(name: str, text: str, file: str = "") -> Site:
    """Read one declaration.

    Raises SiteFileError naming file, key and remedy for broken TOML, unknown keys, wrong types, addresses
    outside the declared hosts, patterns that do not compile and numbers out of range.
    """
    file = file or f"{name}.toml"
    if not _NAME.fullmatch(name):
        raise SiteFileError(file, "file name", repr(name), "use a-z, 0-9 and '-' only, as in my-mirror.toml")
    try:
        site = msgspec.toml.decode(text, type=Site)
    except msgspec.ValidationError as error:
        raise SiteFileError(file, *_key_of(error)) from None
    except msgspec.DecodeError as error:
        raise SiteFileError(file, "TOML", str(error), "mend the syntax at that place") from None
    if site.name not in ("", name):
        raise SiteFileError(file, "name", repr(site.name), f"name it {site.name}.toml or drop the key")
    site = msgspec.structs.replace(site, name=name)
    for key, seen, remedy in _faults(site):
        raise SiteFileError(file, key, seen, remedy)
    return site


def load_sites(folder: Path) -> dict[str, Site]:
    """All declarations of a folder by name. Raises UsageError when two declare the same host."""
    sites: dict[str, Site] = {}
    owner: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SiteFileError(str(path), "file", str(error), "save it as readable UTF-8") from None
        site = parse_site(path.stem, text, str(path))
        sites[site.name] = site
        for host in site.hosts:
            if (other := owner.setdefault(host, site.name)) != site.name:
                raise UsageError(f"{path}: hosts: {host} is declared by {other}.toml too; keep it in one")
    return sites


def site_of(sites: Iterable[Site], url: str) -> Site | None:
    """The site that declares the host of an address, or None."""
    host = (urlsplit(url).hostname or "").lower()
    return next((site for site in sites if host in site.hosts), None)


def nearest(name: str, known: Collection[str]) -> str:
    """For a message: the names that come closest to one that is not there, and where all of them stand."""
    near = get_close_matches(name, known, _MOST_NAMED) or sorted(known)[:_MOST_NAMED] or ["none"]
    return f"{', '.join(near)}{' and others' if len(known) > len(near) else ''} (ipnews sites list)"


def _key_of(error: msgspec.ValidationError) -> tuple[str, str, str]:
    """(key, what was seen, remedy) from msgspec's 'Expected `int`, got `str` - at `$.pace.delay`'."""
    seen, _, at = str(error).partition(" - at `$")
    unknown = re.search(r"unknown field `(.*?)`", seen) or re.search(r"missing required field `(.*?)`", seen)
    key = ".".join(part for part in (at.strip("`").strip("."), unknown and unknown[1]) if part)
    return key or "top level", seen, "see docs/add-a-mirror.md for the keys and their types"


def _faults(site: Site) -> Iterable[tuple[str, str, str]]:
    if not site.hosts:
        yield "hosts", "an empty list", 'name at least one, as in hosts = ["www.example.org"]'
    for host in site.hosts:
        if not _HOST.fullmatch(host):
            yield "hosts", repr(host), _A_NAME if _NUMBERS_OR_BARE.fullmatch(host) else _BARE
    for key in ("start", "feeds", "sitemaps"):
        for url in getattr(site, key):
            yield from _address_faults(site, key, url)
    yield from _pattern_faults(site)
    yield from _pace_faults(site)
    if site.enabled and not (site.start or site.feeds or site.sitemaps):
        yield "start", "no address to start from", "add start, feeds or sitemaps, or set enabled = false"


def _pattern_faults(site: Site) -> Iterable[tuple[str, str, str]]:
    for key in ("article", "list", "ignore"):
        for pattern in getattr(site.urls, key):
            try:
                re.compile(pattern)
            except re.error as error:
                yield f"urls.{key}", f"{pattern!r}: {error}", "write a regular expression as in Python's re"


def _pace_faults(site: Site) -> Iterable[tuple[str, str, str]]:
    if not 0 <= site.pace.delay <= 3600:
        yield "pace.delay", str(site.pace.delay), "give seconds between 0 and 3600"
    for key in ("connections", "pages", "depth"):
        if getattr(site.pace, key) < 1:
            yield f"pace.{key}", str(getattr(site.pace, key)), "give a whole number of at least 1"


def _address_faults(site: Site, key: str, url: str) -> Iterable[tuple[str, str, str]]:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        yield key, f"{url!r}: {error}", "write a whole http or https address"
        return
    if parts.scheme not in ("http", "https") or not host:
        yield key, repr(url), "write a whole address that starts with http:// or https://"
    elif host.lower() not in site.hosts:
        yield key, repr(url), f"its host is not in hosts; add {host.lower()!r} there or take the address out"
