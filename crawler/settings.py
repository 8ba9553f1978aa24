"""Scrapy's settings, hardened: each choice with its reason. `CRAWL` holds those of a crawl proper.

What stands outside CRAWL holds for `scrapy shell`, `scrapy fetch` and `scrapy parse` too: they use Scrapy's
own scheduler and robots.txt middleware, because an address typed there belongs to no frontier, but they
connect through the same guard.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any

try:
    _VERSION = version("ipnews")
except PackageNotFoundError:  # run from a checkout that was never installed
    _VERSION = "0"

BOT_NAME = "ipnews"  # the name of stats, logs and of the robots.txt group we look for
SPIDER_MODULES = ["crawler.spiders"]  # one spider for every mirror; sites are declarations, not code
NEWSPIDER_MODULE = "crawler.spiders"  # where `scrapy genspider` would put one
ADDONS: dict[str, int] = {}  # none: what an add-on changes stands in no file of ours

USER_AGENT = f"ipnews/{_VERSION} (research archive of IP news)"
"""Says what we are. `contact` of section [ipnews] in scrapy.cfg is added to it: a site's owner must be able
to reach somebody. The product token is the one that robots.txt groups are matched against."""

IPNEWS_RESOLVE: dict[str, tuple[str, int]] = {}
"""host -> (address, port), asked before any name server: the bundled network's names."""
IPNEWS_LOOPBACK: list[str] | None = None
"""Hosts that may resolve to this machine; None: those of declarations with `loopback = true`."""
IPNEWS_UNVERIFIED: list[str] | None = None
"""Hosts whose certificates are not verified; None: those of declarations with `verify_tls = false`."""

# Connections -----------------------------------------------------------------------------------------------
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"  # uvloop and the browser need it
ASYNCIO_EVENT_LOOP = "crawler.loop.Loop"  # +15 % pages/s over the default loop, measured on bare Scrapy
TWISTED_DNS_RESOLVER = "crawler.connect.GuardedResolver"  # the address connected to is the address checked
DOWNLOAD_HANDLERS = {
    "http": "crawler.browser.RenderingHandler",
    "https": "crawler.browser.RenderingHandler",
    # Everything else that Scrapy can fetch is a way to files of this machine or to other people's accounts.
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
HTTPPROXY_ENABLED = False  # a proxy resolves names itself, out of the guard's sight; also ignores http_proxy
DNSCACHE_ENABLED = False  # the guarded resolver asks each time; connections are kept alive anyway
DOWNLOAD_TIMEOUT = 60  # whole answer, not silence: a drip of one byte a second ends with it too
DOWNLOAD_MAXSIZE = 16 << 20  # bytes on the wire; decoding has the same bound (archive.codings.MAX_PAYLOAD)
DOWNLOAD_WARNSIZE = 0  # the bound itself is counted; a line for each large page helps nobody
DOWNLOAD_FAIL_ON_DATALOSS = True  # half a page would become a version of its own
URLLENGTH_LIMIT = 2_000  # crawler.guard.MAX_URL

# Doors into the process ------------------------------------------------------------------------------------
TELNETCONSOLE_ENABLED = False  # a Python prompt for whoever reaches the port
REMOTE_CONTROL_ENABLED = False  # the same, over Scrapy's newer control socket
COOKIES_ENABLED = False  # mirrors need none; a cookie would make answers depend on the order of requests

# Manners ---------------------------------------------------------------------------------------------------
ROBOTSTXT_OBEY = True  # `scrapy shell` asks too; a crawl asks more strictly, see CRAWL
ROBOTSTXT_USER_AGENT = "ipnews"  # the product token alone: groups name no versions (RFC 9309, 2.2.1)
CONCURRENT_REQUESTS = 32  # of all hosts together: enough to have one under way at each of a few dozen
CONCURRENT_ITEMS = 1  # Scrapy starts so many tasks for every answer, and ours has one item
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # as Pace.connections: a small server answers one stranger at a time
DOWNLOAD_DELAY = 2.0  # as Pace.delay

# Logs ------------------------------------------------------------------------------------------------------
LOG_LEVEL = "INFO"  # DEBUG writes a line for each page
STATS_DUMP = False  # the run's counts are kept in the catalog and shown by `ipnews status`
WARN_ON_GENERATOR_RETURN_VALUE = False  # looks at our own source at every start

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.5",  # never media
    "Accept-Language": "zh-CN,zh;q=0.9,zh-TW;q=0.8,en;q=0.3",
    "Accept-Encoding": "gzip, deflate",  # what the standard library undoes within bounds
}

FEED_EXPORT_ENCODING = "utf-8"  # `-O out.jsonl` with Chinese as it is, not as escapes

# Reads like the sentence that describes the product; the same functions as in pipelines/read.py.
ITEM_PIPELINES = {
    "pipelines.item_pipelines.ReadPipeline": 100,
    "pipelines.item_pipelines.ConvertPipeline": 200,
    "pipelines.item_pipelines.DeduplicatePipeline": 300,
    "pipelines.item_pipelines.ArchivePipeline": 400,
}
DEDUPE_POLICY = "mark"  # copies repair each other; "drop" keeps the first to arrive and drops the others
# Processes beside the reactor at most, 0: none. One reads more undamaged pages than polite crawls bring, a
# damaged page takes twenty times as long, and a crawl of them waited for that one while a core was idle. Each
# holds up to 200 MB.
READ_WORKERS = min(4, len(os.sched_getaffinity(0)))

CRAWL: dict[str, Any] = {
    "SCHEDULER": "crawler.scheduler.FrontierScheduler",  # survives SIGKILL; Scrapy's queues do not
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the frontier's primary key is the filter
    "ROBOTSTXT_OBEY": False,  # the scheduler asks, and fails closed; Scrapy's middleware lets a 5xx through
    "DOWNLOAD_DELAY": 0,  # the scheduler hands a request out when its host may be asked, and not before:
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,  # pace.connections bounds it. Waiting in Scrapy's slots would hold
    # places of CONCURRENT_REQUESTS that other hosts could use.
    #
    # What a crawl uses of Scrapy's own, named as a whole: what is only switched off is imported all the same
    # (0.7 s of processor time on a busy machine, remote control and cookies the most of it), and a door that
    # is not there cannot be opened by a setting.
    "DOWNLOADER_MIDDLEWARES_BASE": {
        # No redirects, no retries: both are addresses of the frontier like others, guarded, archived, bounded
        # and durable. No decompression: capture undoes it. No offsite: discover.py keeps to a site's hosts.
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    },
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.middlewares.GuardMiddleware": 10,
        "crawler.middlewares.CaptureMiddleware": 900,
        "crawler.middlewares.MannersMiddleware": 950,
    },
    # Every answer means something to its address, a 404 too; and the spider yields no requests of pages.
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {
        "scrapy.extensions.corestats.CoreStats": 0,  # `finish_reason`
        "scrapy.extensions.logcount.LogCount": 0,
        "scrapy.extensions.logstats.LogStats": 0,
        "scrapy.extensions.memusage.MemoryUsage": 0,
        "scrapy.extensions.closespider.CloseSpider": 0,
        "scrapy.extensions.feedexport.FeedExporter": 0,  # `-O out.jsonl`
    },
}
