"""An article as found and as restored, cut into segments that stand side by side.

Two layers of edits lie over each other: those of repair lead from the text as found to the text as read,
those of collation (`edition_body`) from there to the edition. A segment shows both ends and the edit that
speaks last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.records import Edit


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text: what stands on the page, what stands in the edition, and why they differ."""

    found: str
    restored: str
    edit: Edit | None = None


def side_by_side(
    found: str,
    read: str,
    edits: tuple[Edit, ...],
    edition_edits: tuple[Edit, ...] = (),
    field: str = "article_body",
) -> tuple[Segment, ...]:
    """Segments of one field; their `found` joined gives `found`, their `restored` joined gives the edition.

    `read` is the repaired *and converted* text; conversion keeps the length, so that offsets of the repaired
    text hold in it. Raises ValueError when they do not.
    """
    segments = list(_repair_layer(found, read, [edit for edit in edits if edit.field == field]))
    for edit in sorted(edition_edits, key=lambda edit: edit.start, reverse=True):
        segments = _overlay(segments, edit)
    return tuple(segment for segment in segments if segment.found or segment.restored)


def paragraphs(segments: tuple[Segment, ...]) -> tuple[tuple[Segment, ...], ...]:
    """The same segments, a tuple a paragraph of the text as found."""
    rows: list[list[Segment]] = [[]]
    for segment in segments:
        if segment.edit is not None or "\n" not in segment.found:
            rows[-1].append(segment)
            continue
        for number, (left, right) in enumerate(
            zip(segment.found.split("\n"), segment.restored.split("\n"), strict=True)
        ):
            if number:
                rows.append([])
            rows[-1].append(Segment(left, right))
    return tuple(tuple(row) for row in rows if any(part.found or part.restored for part in row))


def _repair_layer(found: str, read: str, edits: list[Edit]) -> Iterator[Segment]:
    taken = shown = 0
    for edit in edits:
        plain = edit.start - taken
        yield Segment(found[taken : edit.start], read[shown : shown + plain])
        shown += plain
        yield Segment(edit.before, read[shown : shown + len(edit.after)], edit)
        taken, shown = edit.start + len(edit.before), shown + len(edit.after)
    yield Segment(found[taken:], read[shown:])
    if len(found) - taken != len(read) - shown:
        raise ValueError(
            f"the text as read is {len(read) - shown - len(found) + taken} characters off its edits"
        )


def _overlay(segments: list[Segment], edit: Edit) -> list[Segment]:
    """Lay one edit of the edition over the segments; those it touches become one where they cannot be cut."""
    before: list[Segment] = []
    inside: list[Segment] = []
    after: list[Segment] = []
    position, stop, first = 0, edit.start + len(edit.before), edit.start
    for segment in segments:
        end = position + len(segment.restored)
        if end <= edit.start:
            before.append(segment)
        elif position >= stop:
            after.append(segment)
        elif segment.edit is not None:  # never cut: the two ends of what an edit made do not align
            first = min(first, position)
            inside.append(segment)
        else:
            head, middle, tail = _cut(segment, edit.start - position, stop - position)
            before, inside, after = [*before, *head], [*inside, middle], [*after, *tail]
        position = end
    return [*before, _merged(inside, edit, edit.start - first), *after]


def _cut(segment: Segment, start: int, stop: int) -> tuple[list[Segment], Segment, list[Segment]]:
    """Head, middle and tail of an unedited segment; head and tail are left out where they are empty."""
    start, stop = max(start, 0), min(stop, len(segment.restored))
    head, middle, tail = (
        Segment(segment.found[a:b], segment.restored[a:b])
        for a, b in ((0, start), (start, stop), (stop, len(segment.restored)))
    )
    return [head] * bool(head.found), middle, [tail] * bool(tail.found)


def _merged(inside: list[Segment], edit: Edit, at: int) -> Segment:
    found = "".join(part.found for part in inside)
    restored = "".join(part.restored for part in inside)
    shown = restored[:at] + edit.after + restored[at + len(edit.before) :]
    rivals = edit.rivals or next((part.edit.rivals for part in inside if part.edit), ())
    return Segment(found, shown, replace(edit, rivals=rivals))
