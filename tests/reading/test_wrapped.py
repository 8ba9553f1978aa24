"""Lines that a margin cut are joined again; verses, addresses and lists stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reading.extract import extract
from pipelines.reading.records import Extracted

SENTENCES = (
    "市局今年办结各类侵权纠纷三百一十二件，比去年同期增加两成，调解成功的占六成以上。",
    "企业负责人说，过去最担心的是举证，一件案子往往要跑三四个地方，现在由窗口统一收件。",
    "据介绍，专家组每周到园区坐班一天，解答申请、许可和质押中遇到的问题。",
    "“材料齐全的，当天就能出具意见书。”窗口的工作人员告诉记者，外地企业也可以在网上办理。",
    "下一步，这项服务将扩大到全市十二个园区，并在年底以前公布办事指南和收费标准。",
)
paragraphs = st.lists(
    st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=4).map("".join), min_size=2, max_size=5
)


def _read(markup: str) -> list[str]:
    found = extract(
        f"<html><body><h1>园区设立维权窗口</h1><div>{markup}</div></body></html>", "http://a.test/1"
    )
    assert isinstance(found, Extracted)
    return [block.text for block in found.blocks]


def _cut(paragraph: str, margin: int, indent: str) -> list[str]:
    """A paragraph typed with a margin, its indent as wide as two Han characters."""
    rest = paragraph[margin - 2 :]
    lines = [rest[at : at + margin] for at in range(0, len(rest), margin)]
    if lines and len(lines[-1]) == 1:  # a typist lets no stop begin a line
        lines[-2:] = ["".join(lines[-2:])]
    return [indent + paragraph[: margin - 2], *lines]


@given(paragraphs, st.integers(22, 48), st.sampled_from(["　　", "&nbsp;&nbsp;&nbsp;&nbsp;"]))
def test_lines_cut_by_a_margin_are_one_paragraph(texts: list[str], margin: int, indent: str) -> None:
    plain = indent.replace("&nbsp;", "\u00a0")
    cut = [_cut(text, margin, plain) for text in texts]
    read = _read("<br>".join(line for lines in cut for line in lines))
    assert "".join(read) == "".join(texts)
    inside = sum(line[-1] not in "。”" for lines in cut for line in lines)
    if inside >= 4 and max(len(lines[-1]) for lines in cut) < margin - 8:
        assert read == texts


@pytest.mark.parametrize(
    "lines",
    [
        [
            "铁柜一排一排",
            "站成沉默的树林",
            "我推着小车走过",
            "像推着一车雨水",
            "把每一张图纸",
            "还给它的春天",
        ],
        [
            "高新区工作站：科技路8号创业大厦一层大厅西侧，电话8888-8801",
            "老城区工作站：解放街33号政务大厅二楼，电话8888-8802",
            "临港区工作站：港前大道12号，电话8888-8803",
            "古镇工作站：竹编一条街5号，电话8888-8804",
        ],
        [
            "平城某食品有限公司与路河某食品厂侵害商标权纠纷案",
            "三江某机械有限公司与平城某机械厂侵害专利权纠纷案",
            "云岭某茶业有限公司与某网店侵害地理标志权纠纷案",
            "临川某文化有限公司与某平台侵害改编权上诉纠纷案",
        ],
    ],
    ids=["verses", "addresses", "list-of-cases"],
)
def test_lines_that_end_by_themselves_are_kept(lines: list[str]) -> None:
    markup = (
        f"<p>{SENTENCES[0]}{SENTENCES[1]}</p><p>{'<br>'.join(lines)}</p><p>{SENTENCES[2]}{SENTENCES[3]}</p>"
    )
    assert _read(markup)[1:-1] == lines


def test_lines_of_a_pre_lose_their_ends() -> None:
    typed = "\n".join(_cut(SENTENCES[0] + SENTENCES[1], 30, "　　") + _cut(SENTENCES[3], 30, "　　"))
    assert _read(f"<pre>{typed}\n--\n</pre>") == [SENTENCES[0] + SENTENCES[1], SENTENCES[3]]


def test_words_in_latin_letters_keep_their_blank() -> None:
    typed = _cut(
        "报告由World Intellectual Property Organization发布，列出了一百个科技集群，深圳—香港—广州集群列第二。"
        * 3,
        34,
        "　　",
    )
    assert "".join(_read("<br>".join(typed))).replace(" ", "") == "".join(typed).strip().replace(" ", "")


def test_blanks_typed_in_a_pre_are_kept() -> None:
    dateline = f"园区讯（记者 钟文 通讯员 白羽）{SENTENCES[0]}"
    assert _read(f"<pre>{dateline}{SENTENCES[1]}\n\n{SENTENCES[2]}</pre>") == [
        dateline + SENTENCES[1],
        SENTENCES[2],
    ]
    assert _read(f"<pre>{dateline}\n{SENTENCES[1]}\n\n{SENTENCES[2]}</pre>")[0] == dateline + SENTENCES[1]
