"""The table of publishers: printed names and hosts to one name each."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import TableError
from pipelines.reading.phrases import simplified

TABLE = Path(__file__).with_name("publishers.tsv")

_AFFIX = re.compile(
    r"(?:微信公众号|微信公眾號|公众号|官方微博|官方网站|官网|網站|网站|客户端|微博|APP|杂志社|综合|記者|记者|\(.*?\)|（.*?）)$",
    re.I,
)
_MARKS = re.compile(r"[\s《》“”\"'·.]+")
_SPLIT = re.compile(r"\s*(?:[/／、,，;；|丨｜]|\s{2,})\s*")
_DASH = re.compile(r"\s*[-—–－·]+\s*")
_TITLED = re.compile(r"《([^《》]+)》(?:\s*\d{4}年?(?:第?\d{1,3}[期号辑卷])?)?$")
_OUTLET = re.compile(
    r"[\u3400-\u9fff·A-Za-z0-9]{1,14}(?:[日晚晨早商快导時时生民青]?[报報](?:社|网|網)?|[周週]刊|月刊|[^论論上官]?[网網](?:站)?|[新日][闻聞][网網社]|通[讯訊]社|[广廣]播[电電]?[台臺]|[广廣]播公司|[电電][视視][台臺]|[杂雜][志誌]|融媒(?:体|體)?(?:中心)?|客[户戶]端|在[线線]|知[识識][产產][权權]局|出版社)"
)
_GENERIC = re.compile(
    r"(?:海|公|黑板|简|简|[电電]子|手机|手機|即時|地方|上|互联|互聯|本|该|官|全|因特|万维|加入|设为|[电電]子[报報]|[订訂][阅閱].*|.*[手机]{2}[报報]|.*[订訂][阅閱].*)(?:[报報]|[网網]|新[闻聞])"
)


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """(folded name -> publisher, host -> publisher). Raises TableError for a line that is no row."""
    names: dict[str, str] = {}
    hosts: dict[str, str] = {}
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        row = line.split("\t")
        if len(row) > 3 or not row[0]:
            raise TableError(
                f"{TABLE.name}:{number}: {line!r}: want name, other names, hosts, parted by tabs"
            )
        name, aliases, owned = (*row, "", "")[:3]
        names.update((_fold(printed), name) for printed in (name, *filter(None, aliases.split(","))))
        hosts.update((host, name) for host in filter(None, owned.strip().split(",")))
    return names, hosts


def _fold(name: str) -> str:
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", name)).lower()
    return plain.translate(simplified())


def publisher(printed: str) -> str | None:
    """The publisher that a printed name or address means, None for one that is not in the table."""
    if re.match(r"https?://|www\.", printed.strip()):
        return publisher_of_host(printed if "//" in printed else f"http://{printed.strip()}")
    names, _ = _table()
    name = printed.strip()
    for _ in range(3):
        if known := names.get(_fold(name)):
            return known
        longer, name = name, _AFFIX.sub("", name).strip()
        if name == longer:
            break
    host = re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", printed.strip().lower())
    return publisher_of_host(f"http://{host[0]}") if host else None


def publisher_of_host(url: str) -> str | None:
    """The publisher whose site an address is on."""
    _, hosts = _table()
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return None
    labels = host.split(".")
    return next(
        (hosts[tail] for n in range(len(labels) - 1) if (tail := ".".join(labels[n:])) in hosts), None
    )


def normalise(printed: str) -> tuple[str, ...]:
    """The publishers of a printed source, A/B parted; a name that is not in the table as it is printed."""
    if whole := publisher(printed):
        return (whole,)
    parts = [part for part in _SPLIT.split(printed) if part]
    return tuple(dict.fromkeys(name for part in parts for name in _named(part)))


def _named(part: str) -> tuple[str, ...]:
    """A printed name as the publisher it means: one of the table, also for a channel of it (某网-某频道); of
    two (某网-某报) each; else as printed, without the marks around a title and the issue behind it."""
    if known := publisher(part):
        return (known,)
    pieces = _DASH.split(part)
    if len(pieces) > 1 and all(map(is_outlet, pieces)):
        return tuple(publisher(piece) or piece for piece in pieces)
    if len(pieces) > 1 and (known := publisher(pieces[0])):
        return (known,)
    titled = _TITLED.match(part)
    return (titled[1] if titled else part,)


def is_outlet(text: str) -> bool:
    """Whether a text without a label is the name of a publisher: in the table, or named like one."""
    return publisher(text) is not None or (
        _OUTLET.fullmatch(text) is not None and not _GENERIC.fullmatch(text)
    )
