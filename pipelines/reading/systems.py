"""Content systems known by their landmarks: where each keeps headline, line of origin and body.

The landmarks are element names, ids and classes of the default templates of each system, noted from pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.reading.outline import Outline


@dataclass(frozen=True, slots=True)
class System:
    """A content system: patterns over addresses and over the attributes of elements; both optional."""

    name: str
    address: re.Pattern[str]
    landmark: re.Pattern[str]


def _system(name: str, address: str, landmark: str) -> System:
    return System(name, re.compile(address), re.compile(landmark))


SYSTEMS = (
    _system(
        "dedecms",
        r"/plus/(?:view|list)\.php\?|/a/[\w/]+/\d{4}/\d{4}/\d+(?:_\d+)?\.html",
        r'class="(?:viewbox|newsview|dede_pages)\b',
    ),
    _system(
        "empirecms",
        r"ShowInfo\.php\?classid=|/e/action/",
        r'class="(?:title_info|info_text)\b|id="newstext"|/e/public/',
    ),
    _system("phpcms", r"[?&]m=content&c=index&a=show|/html/\w+/\d{4}/\d{4}/\d+\.html", r'id="Article"'),
    _system(
        "discuz",
        r"/(?:article|thread)-\d+-\d+|portal\.php\?mod=view|/archiver/tid",
        r'id="article_content"|id="postmessage_\d|id="thread_subject"',
    ),
    _system("zblog", r"/post/\d+\.html", r'class="post-title\b|class="post-body\b'),
    _system("wordpress", r"/\?p=\d+|/archives/\d+", r'class="[^"]*\bentry-(?:title|content)\b|wp-content/'),
    _system("trs", r"/t\d{8}_\d+\.s?html?", r'class="[^"]*\bTRS_Editor\b'),
    _system("webplus", r"/c\d+a\d+/page\.(?:htm|psp)", r'class="wp_articlecontent\b'),
    _system("vsb", r"/info/\d+/\d+\.htm", r'id="vsb_content|class="v_news_content\b'),
    _system("wechat", r"mp\.weixin\.qq\.com/s", r'id="js_content"|class="[^"]*\brich_media_content\b'),
    _system("seed", r"/zhishi/\d+\.html", r"$^"),
)


@lru_cache(maxsize=1 << 14)
def landmark(attributes: str) -> str | None:
    """The system whose landmark stands in the attributes of an element."""
    if "class=" not in attributes and "id=" not in attributes:
        return None
    return next((system.name for system in SYSTEMS if system.landmark.search(attributes)), None)


def recognise(page: Outline, url: str) -> str | None:
    """The name of the content system of a page, by its landmarks first, else by its address."""
    own = [element.attributes for element in page.elements if element.tag != "a" and element.attributes]
    if (name := next(filter(None, map(landmark, own)), None)) is not None:
        return name
    return next((system.name for system in SYSTEMS if system.address.search(url)), None)
