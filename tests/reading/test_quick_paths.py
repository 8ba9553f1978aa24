"""What is told quickly is what the slow and obvious way tells."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.eval_reading import reviewed_pages
from pipelines.convert import script
from pipelines.convert.script import Tally, tally
from pipelines.reading import date_shapes, links, pager, weight
from pipelines.reading.addresses import absolute
from pipelines.reading.decode import _BIG5_COMMON, _GB_COMMON, STRAY, Page, _is_utf8, decode, judge
from pipelines.reading.extract import extract
from pipelines.reading.origin import _BARE, _LABEL, _MAY_BE_BARE, _SEPARATED, unlabelled
from pipelines.reading.outline import Outline, unescape
from pipelines.reading.phrases import _entry, both, names, phrases
from pipelines.reading.records import Extracted
from pipelines.reading.sections import _CRUMB_LINE, _MAY_BE_CRUMBS
from pipelines.reading.systems import SYSTEMS, landmark, recognise
from pipelines.reading.tree import outline
from pipelines.reading.weight import DATED, LABELS, any_spam, is_spam
from pipelines.text import _MARKS, count_han, plain

ADDRESSES = st.text(alphabet="htps:/.?#;&=ab12-_%@[]\\ \t\n专", max_size=24)
BASES = (
    "http://a.test/x/1.html",
    "https://a.test",
    "http://a.test:8080/x/../y/?q=1#f",
    "http://a.test//x//y",
)
MIXED = st.text(alphabet="专利審查國家，。：（）Ａ１①㎡é́ﬁ あカ\u3000\n𫝈ab 1", max_size=300)


def joined(base: str, address: str) -> str | None:
    """The general rule alone (RFC 3986, 5.2), of an address with its backslashes turned as browsers turn them."""
    address = re.sub(r"[\n\t\r]", "", address.strip())
    if not address or address[0] == "#" or address.lower().startswith(("javascript:", "mailto:")):
        return None
    try:
        before = re.match(r"[^?]*", address)[0]  # type: ignore[index]
        address = urljoin(base, before.replace("\\", "/") + address[len(before) :]).partition("#")[0]
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


@given(
    base=st.sampled_from(BASES),
    start=st.sampled_from(["", "/", "http://b.test", "https://b.test/"]),
    rest=ADDRESSES,
)
@example(base=BASES[0], start="/", rest="a/../b.html")
@example(base=BASES[1], start="//b.test/", rest="1.html")
@example(base=BASES[0], start="http://b.test/", rest="a/./b;c?")
def test_addresses_mean_what_the_general_rule_says(base: str, start: str, rest: str) -> None:
    assert absolute(base, start + rest) == joined(base, start + rest)


@given(MIXED)
@example("ｆｕｌｌ，ｗｉｄｔｈ")
@example("e，\u0301")
def test_the_plain_form_is_nfkc_in_lower_case_without_marks(text: str) -> None:
    assert plain(text) == re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def test_no_mark_that_goes_first_has_a_letter_in_its_normal_form() -> None:
    marks = [char for char in map(chr, range(0x10000)) if _MARKS.fullmatch(char)]
    assert len(marks) == 47
    assert not [char for char in marks if re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", char))]


@given(MIXED.map(lambda text: text * 5))
def test_characters_are_counted_alike_in_short_texts_and_long(text: str) -> None:
    classes = script._classes()
    found = [classes.get(char, 0) for char in text]
    assert tally(text) == Tally(found.count(1), found.count(2), found.count(3))


@given(st.lists(st.text(alphabet="a=\" -'&<>\thref", max_size=9), max_size=4), st.text(max_size=9))
def test_an_attribute_is_found_whatever_stands_before_it(others: list[str], value: str) -> None:
    written = value.replace("&", "&amp;").replace('"', "&quot;").replace("\0", "")
    before = " ".join(f'{name}="{i}"' for i, name in enumerate(["data-href", "x-href"]))
    page = outline(f'<a {before} title="{" ".join(others).replace(chr(34), "")}" href="{written}">字</a>')
    assert isinstance(page, Outline)
    link = next(element for element in page.elements if element.tag == "a")
    pairs = re.findall(r'([^\s="]+)="([^"]*)"', link.attributes)
    assert link.get("href") == next(unescape(text) for name, text in pairs if name == "href")
    assert link.get("hre") is None


LABELLED = st.text(
    alphabet="来源作者編辑记者发布時间民国年月日第一二〇九110/.-位置首页>正文Janſep ：", max_size=24
)


@given(LABELLED)
@example("民国一百一十年三月一日")
@example("110 年 3月1日")
@example("1 ſep 2021")
@example("二〇二一年三月一日")
def test_what_has_no_sign_of_a_shape_has_not_the_shape(text: str) -> None:
    for sign, shape in date_shapes.WITH_YEAR:
        assert sign.search(text) or not shape.search(text)
    assert _MAY_BE_BARE.search(text) or not _BARE.search(text)
    assert _MAY_BE_CRUMBS.search(text) or not _CRUMB_LINE.search(text)


@given(st.text(alphabet="第上下前后後一首尾末页頁3２>»[ \u3000附件表年.docx&lt;", min_size=1, max_size=12))
@example("\u3000第 3 頁")
@example("&lt;末页]")
@example("说明.DOCX）")
def test_what_begins_otherwise_is_neither_the_link_of_a_pager_nor_of_a_file(text: str) -> None:
    assert not "一" <= text[0] <= "\u9fff" or text[0] in pager._FIRST or not pager._TEXT.fullmatch(text)
    assert "." in text or text[0] == "附" or not weight._ATTACHED.search(text)


@given(LABELLED)
@example("某某报记者 张三 来源：新华社 编辑：李四")
def test_a_line_is_cut_at_its_first_label(text: str) -> None:
    found = [
        label.start()
        for sign, shape in ((_SEPARATED, _LABEL), (_MAY_BE_BARE, _BARE))
        if sign.search(text) and (label := shape.search(text))
    ]
    assert unlabelled(text) == text[: min(found, default=len(text))]


def kind_by_patterns(path: str, title: str) -> str:
    """Every pattern in its turn, no sign looked for before."""
    named = count_han(title)
    if links._PAGER_TEXT.fullmatch(title):
        return "page"
    if links._FEED_URL.search(path):
        return "feed"
    if links._SITEMAP_URL.search(path):
        return "sitemap"
    if links._PAGER_URL.search(path):
        return "list"
    if (named >= 5 or not title) and links._ARTICLE_URL.search(path):
        return "article"
    if named <= 10 and links._LIST_URL.search(path):
        return "list"
    return "article" if named >= 9 else "unknown"


PARTS = [
    "list",
    "index_2",
    "LiSt",
    "page",
    "12",
    "3",
    "/",
    "/p/",
    "?",
    "&",
    "=1",
    "id=7",
    "p=2",
    "page=3",
    ".html",
    ".php",
    "rss",
    ".xml",
    "feed",
    "atom",
    "sitemap",
    "category",
    "Tag",
    "column",
    "channel",
    "node",
    "archives/",
    "2021",
    "0301",
    "t20210301_1",
    "forum",
    "liſt",
    "ſitemap",
    "专利",
    "\n",
]


@given(
    st.lists(st.sampled_from(PARTS), max_size=6).map(lambda parts: "/" + "".join(parts)),
    st.text(alphabet="最后一页下第12专利新闻<> .", max_size=12),
)
@example("/", "最后一页")
@example("/archives/2", "")
@example("/liſt", "专利")
def test_links_are_told_as_by_their_patterns_alone(path: str, title: str) -> None:
    assert links._kind(path, title) == kind_by_patterns(path, title)


LABEL_TABLES = tuple(f"label.{name}" for name in names("label"))
TABLES = (
    *("tail", "control", "disclaimer", "disclaimer_within", "spam", "tools_anywhere", "tools_apart"),
    *(f"notice.{name}" for name in names("notice")),
    *LABEL_TABLES,
)


@given(
    st.sampled_from(TABLES).flatmap(
        lambda name: st.tuples(
            st.just(name), st.text(alphabet="".join({*phrases(name), *"声明转载来源 ICP"}), max_size=30)
        )
    ),
)
@example(("disclaimer_within", "京ICP备"))
@example(("spam", "看7天出证av 400电话"))
@example(("label.date", "其时间 日期 发布于发布"))
@example(("label.editor", "本文责编 本版編輯 編 審"))
def test_phrases_are_found_with_a_look_ahead_where_they_are_without(case: tuple[str, str]) -> None:
    name, text = case
    for flags in (0, re.I):
        slow, quick = (re.compile(both("|".join(_entry(name))), flags), re.compile(phrases(name), flags))
        assert [m.start() for m in quick.finditer(text)] == [m.start() for m in slow.finditer(text)]
        if name in LABEL_TABLES:
            assert [m.end() for m in quick.finditer(text)] == [m.end() for m in slow.finditer(text)]


@given(LABELLED)
@example("发布时间：2021-03-01")
@example("二〇二一年三月")
def test_labels_and_days_are_found_with_a_look_ahead_where_they_are_without(text: str) -> None:
    for quick in (LABELS, DATED):
        slow = re.compile(re.sub(r"^\(\?=\[[^]]+\]\)", "", quick.pattern))
        assert slow.pattern != quick.pattern
        assert [m.span() for m in quick.finditer(text)] == [m.span() for m in slow.finditer(text)]


@pytest.mark.parametrize(
    "landmarks",
    [
        "class=viewbox class=newsview class=dede_pages class=title_info class=info_text id=newstext id=Article",
        "id=article_content id=postmessage_1 id=thread_subject class=post-title class=post-body id=/e/public/",
        "class=entry-title class=entry-content id=wp-content/ class=TRS_Editor class=wp_articlecontent",
        "id=vsb_content class=v_news_content id=js_content class=rich_media_content",
    ],
)
def test_systems_are_told_by_each_landmark_alone(landmarks: str) -> None:
    for mark in landmarks.split():
        name, value = mark.split("=")
        page = outline(f'<div><p {name}="{value}">正文</p></div>')
        assert isinstance(page, Outline)
        assert recognise(page, "http://a.test/") == landmark(f'{name}="{value}"') is not None
    assert len(SYSTEMS) == 11


def test_systems_of_the_reviewed_pages_are_those_of_their_first_landmark() -> None:
    for reviewed in reviewed_pages():
        decoded = decode(reviewed.payload)
        page = outline(decoded.text) if isinstance(decoded, Page) else None
        if isinstance(page, Outline):
            own = [element.attributes for element in page.elements if element.tag != "a"]
            named = next(filter(None, map(landmark, own)), None)
            assert recognise(page, "http://a.test/") == named


@pytest.mark.parametrize(
    "lines", [["棋牌开户", "彩票注册"], ["棋牌 彩票 开户 娱乐城 博彩"], ["正文一句。"] * 9, []]
)
def test_spam_among_lines_is_spam_of_a_line(lines: list[str]) -> None:
    assert any_spam(lines) == any(map(is_spam, lines))


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
def test_a_page_is_read_in_the_encoding_it_is_judged_to_have(payload: bytes) -> None:
    page = decode(payload)
    if isinstance(page, Page):
        assert (page.encoding, page.why) == judge(payload)


PIECES = st.sampled_from(
    [char.encode(codec) for codec in ("utf-8", "gb18030", "big5hkscs") for char in "國，"]
    + [b"<p>", b"\xe4", b"\xff", b"a" * 40]
)


@given(st.lists(PIECES, max_size=80).map(b"".join))
@example("专".encode() * 9 + "专".encode("gb18030") * 5)
@example(b"a" * 400 + "专利".encode("gb18030") * 40)
def test_utf8_is_told_from_a_start_as_from_all_of_a_page(payload: bytes) -> None:
    try:
        payload.decode("utf-8")
        told = True
    except UnicodeDecodeError as error:
        broken = payload.decode("utf-8", "replace").count("\ufffd")
        high = sum(byte >= 0x80 for byte in payload)
        told = broken <= STRAY * (high - broken) / 3
        if error.start >= len(payload) - 3:
            told = any(byte >= 0xC2 for byte in payload[: error.start])
    assert _is_utf8(payload) == told


def test_common_codes_are_those_of_the_characters_of_every_day_and_of_marks() -> None:
    gb = rb"[\xb0-\xd7][\xa1-\xfe]|\xa1[\xa2-\xb7]|\xa3[\xa1-\xfe]"
    big5 = rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|\xa1[\x41-\x7e]"
    codes = [code.to_bytes(2, "big") for code in range(0x10000)]
    assert {code for code in codes if re.fullmatch(gb, code, re.S)} == _GB_COMMON
    assert {code for code in codes if re.fullmatch(big5, code, re.S)} == _BIG5_COMMON


@pytest.mark.parametrize(
    "markup",
    [
        "<noscript><p>请启用脚本</noscript>",
        "<svg><foreignObject><div><!--</svg>--></div></foreignObject></svg>",
        "<noscript><!-- </noscript> --><p></noscript></div></p>",
        "<svg><link></link><link></link><a><foreignObject><div></div></foreignObject></a></svg>",
        "<?x </html </body </div ?>" * 9,
        "<p<strong>专利</strong></p<strong>",
        "<a<b>专利</a<b></a>",
        "<math><mi><a></a></mi></math></a></a>",
        "<template><div></template></div>",
    ],
    ids=[
        "noscript-paragraph",
        "svg",
        "noscript",
        "void-in-svg",
        "instructions",
        "two-tags",
        "name",
        "math",
        "template",
    ],
)
def test_odd_nesting_leaves_the_article_whole(markup: str) -> None:
    text = "专利审查周期继续缩短，企业表示欢迎，代理机构也表示欢迎。"
    found = extract(
        f"<body><h1>专利审查提速</h1>{markup}<div>{f'<p>{text}</p>' * 9}</div></body>", "http://a.test/1.html"
    )
    assert isinstance(found, Extracted)
    assert found.body.count(text) == 9
