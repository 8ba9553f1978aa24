"""The cheap look at what stands behind a mark, before a run without `?` is searched for."""

from __future__ import annotations

import re

import pytest

from pipelines.repair.candidates import Candidates
from pipelines.repair.channel import Channel
from pipelines.repair.choices import Choice
from pipelines.repair.faint_runs import speaks_for_run
from pipelines.repair.language import Characters
from pipelines.repair.restorer import Restorer
from pipelines.repair.search import Search

CHARACTERS = Characters.load()
CANDIDATES = Candidates(CHARACTERS)


@pytest.mark.parametrize(
    "printed",
    [
        "我们很好。”孩子们都笑了",
        "按规定办理。“这是第一次",
        "产品质量稳定。现场验收",
        "没有人反对。化解矛盾要靠协商",
    ],
)
def test_a_run_speaks_for_itself(printed: str) -> None:
    found = Channel(level=None, variant=2).damage(printed)
    mark = next(match.start() for match in re.finditer("[！，？；：。、]", found))
    assert speaks_for_run(found, mark, CHARACTERS, CANDIDATES), found


@pytest.mark.parametrize(
    "found",
    [
        "，H5兩款檯燈",
        "。AI平台則以",
        "。”歐陽澍苦笑",
        "，安驤的藍色充電樁",
        "，相機與AI有本質不同",
        "，攥著一份證書",
    ],
)
def test_names_and_letters_behind_a_mark_do_not(found: str) -> None:
    assert not speaks_for_run(found, 0, CHARACTERS, CANDIDATES)


def test_a_page_of_glosses_with_letters_behind_its_marks_is_not_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[Search] = []
    run = Search.run

    def noted(search: Search) -> list[Choice]:
        searched.append(search)
        return run(search)

    monkeypatch.setattr(Search, "run", noted)
    found = (
        "企業(yè)表示，AI是工具；產(chǎn)品、H5頁面都要標(biāo)明。”歐陽澍說，UPF與APP的經(jīng)營也一樣。"
    )
    assert Restorer.load().restore(found).text == re.sub(r"\([^)]*\)", "", found)
    assert searched == []
