"""The book in which a reading keeps what it found and what it changed, field by field.

Texts of one field are joined by newline in the order in which they are noted; edits are moved along, so that
they fit the joined text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec

from pipelines.records import Edit


class Part(msgspec.Struct, frozen=True, gc=False):
    """One text as found, and the edits that repair it, with offsets into `found`."""

    found: str
    edits: tuple[Edit, ...]


@dataclass(slots=True)
class Ledger:
    """Grows while one page is read; belongs to that reading alone."""

    _parts: dict[str, list[Part]] = field(default_factory=dict)

    def note(self, name: str, found: str, repaired: str, edits: tuple[Edit, ...]) -> str:
        """Enter one text of a field; returns the repaired text, for use inside a map."""
        self._parts.setdefault(name, []).append(Part(found, edits))
        return repaired

    def parts(self, name: str) -> tuple[Part, ...]:
        """The texts of a field, one by one."""
        return tuple(self._parts.get(name, ()))

    def found(self, name: str) -> str:
        """The texts of a field as found, joined by newline."""
        return "\n".join(part.found for part in self.parts(name))

    def edits(self, name: str) -> tuple[Edit, ...]:
        """The edits of a field, for the joined text."""
        moved: list[Edit] = []
        offset = 0
        for part in self.parts(name):
            moved += [replace(edit, field=name, start=edit.start + offset) for edit in part.edits]
            offset += len(part.found) + 1
        return tuple(moved)


def excerpt(part: Part, start: int, stop: int) -> tuple[str, tuple[Edit, ...]] | None:
    """The stretch of a found text whose repaired form is `repaired[start:stop]`, with its edits moved.

    None when a border falls inside an edit: its two ends do not align character by character.
    """
    first, last, shift = start, stop, 0
    inside: list[Edit] = []
    for edit in part.edits:
        begin, end = edit.start + shift, edit.start + shift + len(edit.after)
        grown = len(edit.after) - len(edit.before)
        if end <= start and begin < start:
            first -= grown
            last -= grown
        elif begin >= stop:
            break
        elif begin >= start and end <= stop:
            inside.append(edit)
            last -= grown
        else:
            return None
        shift += grown
    moved = tuple(replace(edit, field="headline", start=edit.start - first) for edit in inside)
    return part.found[first:last], moved
