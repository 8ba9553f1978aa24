"""Chinese software prose to learn from: manuals and catalogues of messages of Debian 12's packages.

Both scripts, read in Simplified form. Only counts of words and of their sequences are kept of it
(`bench/software_ngrams.py`). None of it is counted by the evaluation: the packages are others, and a line
that shares so much as OVERLAP characters in a row with a text that is counted is left out.
Fetched once with `apt-get download` into `data/eval/cache` (ignored by git).
"""

from __future__ import annotations

import gzip
import json
import re
import struct
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from resiliparse.extract.html2text import extract_plain_text

from bench.repair_texts import ROOT, own_texts, packages, references
from pipelines.convert.simplify import simplify

MANUALS: Final = """
    debian-faq-zh-cn debian-handbook debmake-doc gimp-help-zh-cn gnome-user-docs installation-guide-amd64
    kicad-doc-zh maint-guide-zh-cn maint-guide-zh-tw
"""
CATALOGUES: Final = """
    abiword-common akregator anjuta-common apt aptitude-common audacity-data bash binutils-common blender-data
    calligra-data calligrasheets calligrawords codeblocks-common coreutils cups-common darktable dia-common
    digikam-data dolphin dpkg e2fsprogs-l10n epiphany-browser-data evince-common evolution-common
    evolution-data-server-common filezilla-common findutils gcc-12-locales geany-common gedit-common gettext
    gimp-data git glabels-data glade gnome-boxes gnome-builder gnome-control-center-data gnome-disk-utility
    gnome-shell-common gnome-software-common gnome-terminal-data gnucash-common gnumeric-common gnupg-l10n
    gwenview inkscape k3b-data kate5-data kdenlive-data kdevelop-data kicad kile kmymoney-common
    konversation-data krita-l10n krusader kstars-data ktorrent-data libc-l10n libglib2.0-data libsvn1
    lyx-common marble-data mediawiki mutt nautilus-data okular orca passwd phpmyadmin pidgin-data
    plasma-desktop-data plasma-workspace-data postgresql-15 psmisc r-base-core r-recommended remmina-common
    rhythmbox-data rpm-i18n shotwell-common simple-scan skrooge-common synaptic system-config-printer-common
    systemd systemsettings tar tasksel-data tellico-data thunar-data transmission-common util-linux-locales
    virt-manager vlc-l10n wget wordpress-l10n xfce4-settings zabbix-frontend-php
"""
OVERLAP: Final = 12
"""Han characters in a row: software says shorter things (单击确定按钮) in the same words everywhere."""
CACHE: Final = ROOT / "data" / "eval" / "cache" / "software"
_CHINESE: Final = re.compile("[/._-]zh(?:[-_/.]|$)")
_TWO_HAN: Final = re.compile("[\u4e00-\u9fff].*[\u4e00-\u9fff]")
_LONG: Final = re.compile(f"[\u4e00-\u9fff]{{{OVERLAP},}}")
_TAG: Final = re.compile("<[^>]*>")
_TEMPLATE: Final = re.compile(r"\{\{[^|}]*\||\}\}|\[\[|\]\]")
_MO_MAGIC: Final = b"\xde\x12\x04\x95"


def software_lines() -> Iterator[str]:
    """Distinct lines with Chinese in them, in Simplified form, in the order of the packages."""
    counted = _sequences([*own_texts(), *references("hans"), *references("hant"), *_paragraphs()])
    seen: set[str] = set()
    for package in f"{MANUALS} {CATALOGUES}".split():
        for line in _lines(package):
            if line not in seen and counted.isdisjoint(_sequences((line,))):
                yield line
            seen.add(line)


def _paragraphs() -> Iterator[str]:
    for texts in packages().values():
        yield from texts


def _sequences(texts: Iterable[str]) -> set[int]:
    """Hashes of all sequences of so many Han characters."""
    runs = (run for text in texts for run in _LONG.findall(simplify(text)))
    return {hash(run[at : at + OVERLAP]) for run in runs for at in range(len(run) - OVERLAP + 1)}


def _lines(package: str) -> Iterator[str]:
    for name, data in _members(_fetched(package)):
        for read in (read for suffix, read in _READERS.items() if name.endswith(suffix)):
            lines = (line.strip() for line in read(data).splitlines())
            yield from (simplify(line) for line in lines if _TWO_HAN.search(line))


def _fetched(package: str) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    if not list(CACHE.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", "-q", package], cwd=CACHE, check=True, capture_output=True)
    return next(CACHE.glob(f"{package}_*.deb"))


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every Chinese file of a package."""
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as members,
    ):
        for member in members:
            if member.isfile() and _CHINESE.search(member.name) and (file := members.extractfile(member)):
                yield member.name, file.read()


def _catalogue(data: bytes) -> str:
    """The translations of a compiled catalogue (the MO format of GNU gettext)."""
    order = "<" if data[:4] == _MO_MAGIC else ">"
    count, _, table = struct.unpack_from(f"{order}III", data, 8)
    spans = (struct.unpack_from(f"{order}II", data, table + 8 * number) for number in range(count))
    texts = (data[start : start + length] for length, start in spans)
    return b"\n".join(texts).replace(b"\0", b"\n").decode("utf-8", "replace")


def _messages(data: bytes) -> str:
    """The messages of a JSON catalogue, their templates taken off."""
    found = json.loads(data)
    return _TEMPLATE.sub(" ", "\n".join(text for text in found.values() if isinstance(text, str)))


def _help_page(data: bytes) -> str:
    """A page of Mallard's XML, a paragraph a line."""
    joined = re.sub(r"\s*\n\s*", " ", data.decode("utf-8", "replace"))
    return _TAG.sub("", joined.replace("</p>", "\n"))


def _html(data: bytes) -> str:
    return extract_plain_text(data.decode("utf-8", "replace"), main_content=False)


def _packed(data: bytes) -> str:
    return gzip.decompress(data).decode("utf-8", "replace")


_READERS: Final[dict[str, Callable[[bytes], str]]] = {
    ".mo": _catalogue,
    "/zh-hans.json": _messages,
    "/zh-hant.json": _messages,
    ".page": _help_page,
    ".html": _html,
    ".txt.gz": _packed,
}
