"""From the choices of a search to edits: what is certain, what is likely, what is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from pipelines.records import LACUNA, Certainty, Edit, Rival
from pipelines.repair.brackets import SIGNS
from pipelines.repair.choices import Choice
from pipelines.text import is_figure

MARGIN_EXACT: Final = 8.0
"""Nats by which a reading that follows from surviving bytes must beat every other way of reading them. This
and the odds below were chosen on one half of the texts and confirmed on the other (see docs/repair.md)."""
ODDS_LIKELY: Final = 1.0
"""Log odds, against all rivals together, of a reading that the language model chose."""
ODDS_LAST: Final = 0.5
"""The same of a lost last byte, whose rivals are weighed too high: .94 of 334 Han and .98 of 305 signs are
right. Beside an eaten byte 15 of 20 between this and 1, where all others are right at .99: not given."""
ODDS_MARK: Final = 0.0
"""The same of a mark whose first byte is lost, nearly always 。: on the two halves .996 of 469 and .992 of
987 are right, with odds of 1 .996 of 465 and .994 of 976. Of eleven Han below 1 three are right."""
ODDS_DOUBTFUL: Final = 2.5
"""The same of a reading in which the model finds nothing likely. Readings beside an eaten byte needed it,
too: without, a sixtieth more of the lost last bytes came back, .983 of the likely ones stayed right."""
STEP: Final = "slip"
GLOSS_STEP: Final = "gloss"

_BYTES_SURVIVE: Final = frozenset(("gloss", "pair", "named"))


class _Piece(NamedTuple):
    start: int
    end: int
    text: str
    certainty: Certainty
    rivals: tuple[Rival, ...] = ()


def edits_of(found: str, choices: Iterable[Choice], base: int, field: str) -> Iterator[Edit]:
    """Edits that lead from `found` to the chosen text: exact neighbours joined, every other place by itself.

    `base` is where the block begins in the field.
    """
    pieces = (piece for choice in choices if choice.arc.kind != "found" for piece in _pieces(choice))
    for _, group in groupby(_numbered(pieces), key=lambda item: item[0]):
        joined = [piece for _, piece in group]
        start, end = joined[0].start, joined[-1].end
        text = "".join(piece.text for piece in joined)
        before = found[start:end]
        step = GLOSS_STEP if not text and before[:1] in ("(", "（") else STEP
        yield Edit(field, base + start, before, text, step, joined[0].certainty, joined[0].rivals)


def _numbered(pieces: Iterable[_Piece]) -> Iterator[tuple[int, _Piece]]:
    """Number the edits: exact pieces that touch share a number."""
    number, last = 0, None
    for piece in pieces:
        touches = last is not None and last.end == piece.start
        if not (touches and last is not None and last.certainty == piece.certainty == "exact"):
            number += 1
        yield number, piece
        last = piece


def _pieces(choice: Choice) -> Iterator[_Piece]:
    arc = choice.arc
    certainty = _certainty(choice)
    if certainty == "lost":
        rivals = (Rival(arc.text, 0.0), *choice.rivals) if arc.text != LACUNA else choice.rivals
        yield _Piece(arc.start, arc.end, LACUNA, certainty, rivals)
    else:
        yield _Piece(arc.start, arc.end, arc.text, certainty, choice.rivals if certainty == "likely" else ())
    if arc.kind == "eaten":
        yield _Piece(arc.end, arc.end, LACUNA, "lost")


def _certainty(choice: Choice) -> Certainty:
    """A figure is never chosen by the language model; a reading whose bytes survive is exact where it is
    alone.

    Among the rivals are those by pairs that vanished: two characters whose middle bytes are gone look like
    one, and the one may be a real word. That the model finds nothing likely tells nothing of a figure: few
    are.
    """
    arc = choice.arc
    figure = arc.text != "" and is_figure(arc.text)
    survives = arc.kind in _BYTES_SURVIVE and choice.margin >= MARGIN_EXACT
    if arc.kind == "gloss" or (survives and (figure or not choice.weak)):
        return "exact"
    return "lost" if figure or arc.text == LACUNA or choice.odds < _odds_needed(choice) else "likely"


def _odds_needed(choice: Choice) -> float:
    if choice.weak:
        return ODDS_DOUBTFUL
    if choice.arc.kind == "first" and choice.arc.text in SIGNS:
        return ODDS_MARK
    return ODDS_LAST if choice.arc.kind == "last" else ODDS_LIKELY
