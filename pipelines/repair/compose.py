"""Two passes of edits as one: the second leads on from the text to which the first has led."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipelines.records import Edit


def compose(found: str, first: Iterable[Edit], second: Iterable[Edit]) -> list[Edit]:
    """Edits over `found` that do what `first` and then `second` do.

    An edit of the second pass that touches what the first has put in is joined with it, under the certainty of the
    second; every other one only moves to where its text stands in `found`.
    """
    done: list[Edit] = []
    waiting = list(first)
    shift = 0
    for edit in second:
        while (
            waiting
            and waiting[0].start + shift + len(waiting[0].after) <= edit.start
            and not _touches(waiting[0], shift, edit)
        ):
            shift += len(waiting[0].after) - len(waiting[0].before)
            done.append(waiting.pop(0))
        joined: list[Edit] = []
        inner = shift
        while waiting and _touches(waiting[0], inner, edit):
            inner += len(waiting[0].after) - len(waiting[0].before)
            joined.append(waiting.pop(0))
        done.append(_joined(found, joined, edit, shift))
        shift = inner
    return [*done, *waiting]


def _touches(earlier: Edit, shift: int, edit: Edit) -> bool:
    """Whether an edit of the second pass overlaps the output of one of the first."""
    start = earlier.start + shift
    return start < edit.start + len(edit.before) and edit.start < start + len(earlier.after)


def _joined(found: str, joined: list[Edit], edit: Edit, shift: int) -> Edit:
    """One edit over `found` for an edit of the second pass and those of the first that it overlaps."""
    if not joined:
        return replace(edit, start=edit.start - shift)
    text, start = "", joined[0].start
    position = start
    for earlier in joined:
        text += found[position : earlier.start] + earlier.after
        position = earlier.start + len(earlier.before)
    offset = edit.start - (start + shift)
    head = found[start + offset : start] if offset < 0 else ""
    missing = offset + len(edit.before) - len(text)
    tail = found[position : position + missing] if missing > 0 else ""
    begin = start + min(offset, 0)
    kept = text[: max(offset, 0)]
    rest = "" if missing >= 0 else text[missing:]
    before = head + found[start:position] + tail
    return replace(edit, start=begin, before=before, after=kept + edit.after + rest)
