"""From copies to pages: what each host shows for one article or one page of its list, as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from html import escape

from crawler.demo import copying
from crawler.demo.fate import between, chance, lot, pick
from crawler.demo.hosts import PUBLISHER, Host
from crawler.demo.network import Copy, Network
from crawler.demo.origin_lines import SHAPES, Shape, slots
from crawler.demo.templates import SYSTEMS
from crawler.demo.views import Anchor, ArticleView, ListView, Place, System

PER_LIST = 15
_RELATED = 3
_HOT_TAGS = 8
_ADVERTS = 2
_DISCLAIMER_SHARE = 0.5
_RELATIVE_SHARE = 0.4
_SPAM_SHARE = 0.4
_PICTURE_SHARE = 0.3


def system_of(host: Host) -> System:
    """The content system of a host."""
    return SYSTEMS[host.template]


def page_count(copy: Copy) -> int:
    """On how many pages a host shows a story; some systems cannot split one."""
    return len(copy.story.page_starts) if system_of(copy.host).paged else 1


def path_of(network: Network, host: Host, index: int, page: int = 1) -> str:
    """The path of a story on a host."""
    place = Place(host.first_number + index, network.copied_at(host, index), page)
    return system_of(host).article_path(place)


def url_of(host: Host, path: str) -> str:
    """The absolute address of a path on a host."""
    return f"http://{host.name}{path}"


def list_pages(network: Network, host: Host) -> int:
    """Number of pages of a host's list, at least 1."""
    return max(1, -(-len(network.copied[host.name]) // PER_LIST))


def shape_of(network: Network, copy: Copy) -> Shape:
    """The shape of the origin line on one page."""
    host = copy.host
    if host.relative_dates and chance(network.seed, host.name, copy.index, "relative") < _RELATIVE_SHARE:
        return SHAPES["relative"]
    return SHAPES[pick(system_of(host).info_shapes, network.seed, host.name, copy.index, "shape")]


def printed_part(copy: Copy, page: int) -> tuple[int, int]:
    """The paragraphs (from, to) of a story that one of its pages shows."""
    if page_count(copy) == 1:
        return 0, len(copy.story.paragraphs)
    ends = (*copy.story.page_starts[1:], len(copy.story.paragraphs))
    return copy.story.page_starts[page - 1], ends[page - 1]


def article_html(network: Network, copy: Copy, page: int = 1) -> str:
    """One page of one article, as the text of an HTML document."""
    host, system, story = copy.host, system_of(copy.host), copy.story
    say = partial(copying.say, host, network.seed)
    info, body, after = _copied_html(network, copy, page)
    view = ArticleView(
        host=host,
        say=say,
        place=Place(copy.number, copy.copied_at, page),
        shown=copy.date,
        headline=escape(say(story.headline), quote=False),
        info=info,
        body=body,
        after=after,
        section=say(story.section),
        tags=tuple(map(say, story.tags)),
        keywords=",".join(map(say, story.tags)),
        hot_tags=_hot_tags(network, copy, say),
        related=_related(network, copy, say),
        pages=_parts(network, copy),
        comments=_comments(network, copy) if host.filler else (),
        lists=system.list_path(1),
        robots='<meta name="robots" content="noarchive" />\n' if copy.noarchive else "",
        json_ld=_json_ld(copy) if host.parent is None else "",
        canonical=url_of(host, path_of(network, host, copy.index, page)) if host.parent is None else "",
        description=escape(say(story.paragraphs[0][:60]), quote=True),
    )
    return system.article(view)


def _copied_html(network: Network, copy: Copy, page: int) -> tuple[str, str, str]:
    """What went through the copying tool: the line over the body, the body, what stands behind it."""
    shape = shape_of(network, copy)
    publisher = network.hosts[PUBLISHER]
    origin = publisher if network.has(publisher, copy.index) else copy.host
    origin_url = url_of(origin, path_of(network, origin, copy.index))
    values = slots(copy, origin_url, network.today, network.seed)
    values = {name: escape(value, quote=False) for name, value in values.items()}
    tool = copying.copyist(copy.host, network.seed, copy.index, copy.changed, page)
    info, after = shape.before.format(**values), shape.after.format(**values) + _disclaimer(network, copy)
    return tool(info), tool(_body(network, copy, page, system_of(copy.host))), tool(after)


def _body(network: Network, copy: Copy, page: int, system: System) -> str:
    """The paragraphs of one page in the markup of a system, with what the host puts between them."""
    first, last = printed_part(copy, page)
    key = (network.seed, copy.host.name, copy.index)
    lines = []
    if page == 1 and copy.host.spam and chance(*key, "spam") < _SPAM_SHARE:
        lines.append(system.paragraph.format(pick(network.spam.first_lines, *key, "spam line")))
    for number in range(first, last):
        markup = system.subhead if number in copy.story.subheads else system.paragraph
        lines.append(markup.format(escape(copy.story.paragraphs[number], quote=False)))
        if number == 1 and chance(*key, "picture") < _PICTURE_SHARE:
            lines.append(f'<p align="center"><img src="/uploads/{copy.number}.jpg" alt="" /></p>')
    return "\r\n".join(lines)


def _disclaimer(network: Network, copy: Copy) -> str:
    """The notice that many hosts print behind the text; the seed's system has its own."""
    key = (network.seed, copy.host.name, copy.index, "disclaimer")
    if not copy.host.filler or copy.host.template == "seed" or chance(*key) > _DISCLAIMER_SHARE:
        return ""
    notice = pick(network.spam.disclaimers, *key).format(title=copy.story.headline)
    return f"<p>{escape(notice, quote=False)}</p>"


def _comments(network: Network, copy: Copy) -> tuple[str, ...]:
    key = (network.seed, copy.host.name, copy.index)
    drawn = (pick(network.spam.comments, *key, n, "comment") for n in range(between(0, 4, *key, "comments")))
    return tuple(map(escape, drawn))


def _hot_tags(network: Network, copy: Copy, say: Callable[[str], str]) -> tuple[str, ...]:
    drawn = (
        pick(network.spam.hot_tags, network.seed, copy.host.name, copy.index, n, "hot")
        for n in range(_HOT_TAGS)
    )
    return tuple(escape(say(tag)) for tag in dict.fromkeys(drawn))


def _related(network: Network, copy: Copy, say: Callable[[str], str]) -> tuple[Anchor, ...]:
    kept = network.copied[copy.host.name]
    drawn = dict.fromkeys(
        pick(kept, network.seed, copy.host.name, copy.index, n, "related") for n in range(_RELATED)
    )
    titles = (
        pick(network.spam.related_titles, network.seed, copy.index, n, "advert") for n in range(_ADVERTS)
    )
    adverts = tuple(Anchor("javascript:;", escape(say(title))) for title in dict.fromkeys(titles))
    own = tuple(
        Anchor(path_of(network, copy.host, index), escape(say(network.stories[index].headline)))
        for index in drawn
        if index != copy.index
    )
    return own + adverts if copy.host.spam else own


def _parts(network: Network, copy: Copy) -> tuple[Anchor, ...]:
    count = page_count(copy)
    if count == 1:
        return ()
    return tuple(
        Anchor(path_of(network, copy.host, copy.index, page), str(page)) for page in range(1, count + 1)
    )


def _json_ld(copy: Copy) -> str:
    story = copy.story
    entry = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": copy.copied_at.isoformat(),
        "dateModified": story.date.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": copy.host.brand},
        "keywords": list(story.tags),
    }
    return f'<script type="application/ld+json">{json.dumps(entry, ensure_ascii=False)}</script>\n'


def list_html(network: Network, host: Host, number: int, extras: tuple[Anchor, ...] = ()) -> str:
    """Page `number` (from 1) of the list of a host; `extras` stand on the first page only."""
    say = partial(copying.say, host, network.seed)
    system, last = system_of(host), list_pages(network, host)
    shown = network.copied[host.name][(number - 1) * PER_LIST : number * PER_LIST]
    near = sorted({1, last, *range(max(1, number - 3), min(last, number + 3) + 1)} - {number})
    view = ListView(
        host=host,
        say=say,
        title=f"{say('资讯列表')}_{say(host.brand)}",
        entries=tuple(_entry(network, host, index, say) for index in shown),
        extras=extras if number == 1 else (),
        pager=tuple(Anchor(system.list_path(page), str(page)) for page in near),
        following=system.list_path(number + 1) if number < last else "",
        number=number,
    )
    return system.listing(view)


def _entry(network: Network, host: Host, index: int, say: Callable[[str], str]) -> Anchor:
    copy = network.copy(host, index)
    return Anchor(path_of(network, host, index), escape(say(copy.story.headline)), f"{copy.date:%Y-%m-%d}")


def home_html(network: Network, host: Host, extras: tuple[Anchor, ...]) -> str:
    """The front page of a host that has one beside its list: where the list is, and everything else."""
    say = partial(copying.say, host, network.seed)
    doors = (Anchor(system_of(host).list_path(1), say("资讯")), *extras)
    return system_of(host).listing(ListView(host, say, say(host.brand), (), doors, (), "", 1))


def encode(host: Host, text: str) -> bytes:
    """A page in the bytes of its host; what these lack becomes a numeric reference, as on real sites."""
    return text.encode(host.encoding, "xmlcharrefreplace")


def with_session(path: str, text: str) -> str:
    """A page with a session id on every link of its own: another id on every page and for every id it was
    asked with, so that a crawler which keeps them never ends."""
    return _with_session(text, f"{lot(path):016x}"[:8])


def _with_session(text: str, sid: str) -> str:
    head, *rest = text.split(' href="/')
    linked = []
    for piece in rest:
        target, quote, more = piece.partition('"')
        joint = "&amp;" if "?" in target else "?"
        linked.append(f"{target}{joint}sid={sid}{quote}{more}")
    return ' href="/'.join([head, *linked])
