"""Two passes of edits as one: the second leads on from the text to which the first has led."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from pipelines.records import Edit


class _Span(NamedTuple):
    """What an edit covers in the text between the passes; `late` for one of the second pass."""

    start: int
    end: int
    late: bool
    edit: Edit


def compose(found: str, first: Iterable[Edit], second: Iterable[Edit]) -> list[Edit]:
    """Edits over `found` that do what `first` and then `second` do.

    An edit of the second pass that overlaps what the first has put in is joined with it, under the
    certainty of the second; every other one only moves to where its text stands in `found`.
    """
    composed, shift = [], 0
    for cluster in _clusters(
        [*_outputs(first), *(_Span(e.start, e.start + len(e.before), True, e) for e in second)]
    ):
        composed.append(_joined(found, cluster, shift))
        shift += sum(len(span.edit.after) - len(span.edit.before) for span in cluster if not span.late)
    return composed


def _outputs(edits: Iterable[Edit]) -> Iterator[_Span]:
    shift = 0
    for edit in edits:
        start = edit.start + shift
        yield _Span(start, start + len(edit.after), False, edit)
        shift += len(edit.after) - len(edit.before)


def _clusters(spans: list[_Span]) -> Iterator[list[_Span]]:
    """Spans that overlap, together; spans that only touch stay apart."""
    cluster: list[_Span] = []
    end = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end, span.late)):
        if cluster and span.start < end:
            cluster.append(span)
        else:
            if cluster:
                yield cluster
            cluster = [span]
        end = max(end, span.end) if len(cluster) > 1 else span.end
    if cluster:
        yield cluster


def _joined(found: str, cluster: list[_Span], shift: int) -> Edit:
    """One edit over `found` for a cluster; `shift` is how far the text between has grown before it."""
    early = [span for span in cluster if not span.late]
    late = [span for span in cluster if span.late]
    if not late:
        return cluster[0].edit
    start = cluster[0].start
    end = max(span.end for span in cluster)
    grown = sum(len(span.edit.after) - len(span.edit.before) for span in early)
    begin = start - shift
    before = found[begin : end - shift - grown]
    between = _applied(before, ((span.edit.start - begin, span.edit) for span in early))
    after = _applied(between, ((span.start - start, span.edit) for span in late))
    return replace(late[0].edit, start=begin, before=before, after=after)


def _applied(text: str, edits: Iterable[tuple[int, Edit]]) -> str:
    out, position = "", 0
    for start, edit in edits:
        out += text[position:start] + edit.after
        position = start + len(edit.before)
    return out + text[position:]
