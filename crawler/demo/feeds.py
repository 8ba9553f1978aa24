"""What machines read: robots.txt, sitemaps, Atom and RSS."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from crawler.demo import copying
from crawler.demo.hosts import Host
from crawler.demo.network import Copy, Network
from crawler.demo.render import path_of, url_of

PER_SITEMAP = 50
"""Real sitemaps hold up to 50,000 addresses; few are enough to need an index even in the small network."""
_IN_FEED = 20
_CLOSED = ("/search", "/tag/", "/member.php", "/plus/", "/admin/", "/index.php?m=search", "/?s=")


def modified(copy: Copy) -> datetime:
    """When a page last changed: every generation that changes it does so on another day."""
    return max(copy.copied_at, copy.story.date) + timedelta(days=copy.changed)


def robots_txt(network: Network, host: Host) -> str:
    """What the host asks of robots (RFC 9309, with the customary Crawl-delay and Sitemap lines)."""
    delay = network.crawl_delay
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED)]
    lines += [f"Crawl-delay: {delay}"] if delay else []
    lines += ["", f"Sitemap: {url_of(host, '/sitemap.xml')}"] if host.sitemap else []
    return "\n".join([*lines, ""])


def sitemap_index(network: Network, host: Host) -> str:
    """The sitemaps of a host."""
    count = -(-len(network.copied[host.name]) // PER_SITEMAP)
    entries = "".join(
        f"<sitemap><loc>{url_of(host, f'/sitemap-{n}.xml')}</loc></sitemap>\n" for n in range(1, count + 1)
    )
    return _xml(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>'
    )


def sitemap(network: Network, host: Host, number: int) -> str | None:
    """Sitemap `number` (from 1), or None."""
    shown = network.copied[host.name][(number - 1) * PER_SITEMAP : number * PER_SITEMAP]
    if number < 1 or not shown:
        return None
    entries = "".join(
        f"<url><loc>{url_of(host, path_of(network, host, index))}</loc>"
        f"<lastmod>{modified(network.copy(host, index)).isoformat()}</lastmod></url>\n"
        for index in shown
    )
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>')


def feed(network: Network, host: Host) -> str:
    """The newest articles as Atom (publisher) or RSS 2.0."""
    copies = [network.copy(host, index) for index in network.copied[host.name][:_IN_FEED]]
    return _atom(network, host, copies) if host.feed == "/atom.xml" else _rss(network, host, copies)


def _atom(network: Network, host: Host, copies: list[Copy]) -> str:
    entries = "".join(
        f"<entry><title>{escape(copying.say(host, network.seed, copy.story.headline))}</title>"
        f'<link href="{url_of(host, path_of(network, host, copy.index))}"/>'
        f"<id>{url_of(host, path_of(network, host, copy.index))}</id>"
        f"<published>{copy.copied_at.isoformat()}</published>"
        f"<updated>{modified(copy).isoformat()}</updated></entry>\n"
        for copy in copies
    )
    return _xml(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{host.brand}</title>\n{entries}</feed>')


def _rss(network: Network, host: Host, copies: list[Copy]) -> str:
    items = "".join(
        f"<item><title>{escape(copying.say(host, network.seed, copy.story.headline))}</title>"
        f"<link>{url_of(host, path_of(network, host, copy.index))}</link>"
        f"<pubDate>{format_datetime(copy.copied_at)}</pubDate></item>\n"
        for copy in copies
    )
    title = f"<title>{host.brand}</title><link>{url_of(host, '/')}</link>"
    return _xml(f'<rss version="2.0"><channel>{title}\n{items}</channel></rss>')


def _xml(content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'
