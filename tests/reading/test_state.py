"""Articles that stand only in the data of a page's script."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reading.extract import extract
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Extracted
from pipelines.reading.state import shown
from pipelines.records import Drop, Reason

URL = "https://news.example/detail/8812"
FETCHED = "2025-07-03T00:00:00Z"
TITLE = "柳河县公布首批专利转化运用试点名单"
FIRST = "柳河县知识产权局7月1日公布首批专利转化运用试点名单，六家企业和两所职业学校入选，试点为期两年。"
SECOND = "县知识产权局局长裴知远说，入选单位要把闲置的专利逐件登记，说明能用在哪里、由谁来用。试点期满，按成交的件数考核。"
THIRD = "名单公布当天，两家农机企业与学校签下了三份许可合同，涉及播种机的排种器和覆土装置。“放在柜子里的专利，不如放进地里。”裴知远说。"
PARAGRAPHS = (FIRST, SECOND, THIRD)
MARKUP = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
STORY = {
    "id": 8812,
    "channelTitle": "要闻",
    "title": TITLE,
    "source": "柳河日报",
    "author": "聂青禾",
    "publishTime": 1_751_337_000_000,
    "content": MARKUP,
}
OTHERS = [
    {"id": n, "title": f"第{n}号专利许可合同备案公告", "summary": "备案公告。期限五年。"} for n in range(9)
]
ROOT = '<div id="app"></div>'


def page(script: str, title: str = f"{TITLE}_柳河网") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body>{ROOT}{script}"
        '<script src="/js/app.js"></script></body></html>'
    )


def data(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


STATE = {"user": None, "list": OTHERS, "detail": {"article": STORY, "related": OTHERS}}
NUXT = [
    {"article": 1, "list": 8},
    {"title": 2, "source": 3, "publishTime": 4, "content": 5, "author": 6, "id": 7},
    TITLE,
    "柳河日报",
    1_751_337_000_000,
    MARKUP,
    "聂青禾",
    8812,
    [],
]


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__" type="application/json">{data({"props": {"pageProps": STATE}})}</script>',
        f"<script>window.__INITIAL_STATE__={data(STATE)};(function(){{var s;}})()</script>",
        f"<script>window.__PRELOADED_STATE__ = JSON.parse({data(data(STATE))});</script>",
        f'<script id="RENDER_DATA" type="application/json">{quote(data(STATE))}</script>',
        f'<script>window["__STATE__"]=decodeURIComponent("{quote(data(STATE))}")</script>',
        f'<script type="application/json" id="__NUXT_DATA__">{data(NUXT)}</script>',
        f"<script>var articleDetail = {data(STORY)}; var pageData = {{broken: true}};</script>",
        f"<script>var pageData = {{broken: true}}; var articleDetail = {data(STORY)};</script>",
    ],
    ids=["next", "initial-state", "parsed-string", "percent", "uri", "nuxt3", "variable", "behind-no-json"],
)
def test_the_record_with_the_text_is_read(script: str) -> None:
    found = extract(page(script), URL)
    assert isinstance(found, Extracted)
    assert tuple(block.text for block in found.blocks) == PARAGRAPHS
    metadata = read_metadata(found, URL, FETCHED)
    assert metadata.headline == TITLE
    assert (metadata.source, metadata.authors) == ("柳河日报", ("聂青禾",))
    assert metadata.date_published == "2025-07-01T10:30:00+08:00"


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(PARAGRAPHS),
        MARKUP.replace("<", "&lt;").replace(">", "&gt;"),
        list(PARAGRAPHS),
        [{"type": "text", "value": text} for text in PARAGRAPHS],
    ],
    ids=["lines", "escaped", "list", "blocks"],
)
def test_the_text_may_come_in_any_form(content: object) -> None:
    story = {"title": TITLE, "body": content}
    found = extract(page(f"<script>window.__DATA__={data(story)}</script>"), URL)
    assert isinstance(found, Extracted)
    assert tuple(block.text for block in found.blocks) == PARAGRAPHS


def test_of_several_whole_articles_only_the_one_that_the_page_names_is_read() -> None:
    other = {**STORY, "title": "邻县启动商标品牌指导站", "content": MARKUP.replace("柳河", "临溪")}
    script = f"<script>window.__STATE__={data([other, STORY])}</script>"
    found = extract(page(script), URL)
    assert isinstance(found, Extracted)
    assert found.headline_candidates[0] == TITLE
    assert shown(page(script, title="柳河网")) is None


def test_a_name_is_a_title_where_the_document_has_it() -> None:
    """A firm has a name and a long text too."""
    story = {"name" if key == "title" else key: value for key, value in STORY.items()}
    script = f"<script>window.__STATE__={data({'detail': story})}</script>"
    found = extract(page(script), URL)
    assert isinstance(found, Extracted)
    assert found.headline_candidates[0] == TITLE
    assert tuple(block.text for block in found.blocks) == PARAGRAPHS
    assert shown(page(script, title="柳河网")) is None


@pytest.mark.parametrize(
    "script",
    [
        f"<script>window.__STATE__={data({'list': OTHERS})}</script>",
        f"<script>window.__STATE__={data({'content': MARKUP})}</script>",
        f"<script>window.__STATE__={data(STORY)[:-200]}</script>",
        f"<script>var style={data(STORY)}</script>",
        "<script>window.__STATE__=" + "[" * 100_000 + "</script>",
    ],
    ids=["list", "no-title", "cut", "other-variable", "deep"],
)
def test_what_holds_no_article_still_needs_a_browser(script: str) -> None:
    drop = extract(page(script), URL)
    assert isinstance(drop, Drop)
    assert drop.reason == Reason.NEEDS_BROWSER


def test_a_page_that_shows_its_article_is_read_from_what_it_shows() -> None:
    script = f"<script>window.__STATE__={data({**STORY, 'content': MARKUP.replace('柳河', '临溪')})}</script>"
    html = page(script).replace(ROOT, f"<h1>{TITLE}</h1><div class=content>{MARKUP}</div>")
    found = extract(html, URL)
    assert isinstance(found, Extracted)
    assert tuple(block.text for block in found.blocks) == PARAGRAPHS


@pytest.mark.parametrize("time", ["刚刚", 17, 10**15, True, 1.5, None, "12:30"])
def test_what_is_no_time_is_none(time: object) -> None:
    story = {**STORY, "publishTime": time, "content": MARKUP.replace("7月1日", "日前")}
    found = extract(page(f"<script>window.__STATE__={data(story)}</script>"), URL)
    assert isinstance(found, Extracted)
    assert read_metadata(found, URL, FETCHED).date_published is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "content", "publishTime", "source"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_data_is_an_article_or_none(value: object) -> None:
    html = page(f"<script>window.__STATE__={json.dumps(value)}</script>")
    assert isinstance(extract(html, URL), Extracted | Drop)


def test_fields_without_an_end_are_passed_over_once() -> None:
    drop = extract("<body>" + "<textarea>专利 " * 90_000, URL)
    assert isinstance(drop, Drop)
