"""Which characters an unknown byte may belong to: the plausible ones of a lead byte or of a second byte."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.repair.gbk import LEADS, SECONDS, USER_ROWS, decode_pair, vanishing_groups
from pipelines.repair.language import Characters

SIGN_COSTS: Final = {
    "，": 2.9, "。": 3.4, "、": 4.5, "“": 5.0, "”": 5.0, "《": 6.0, "》": 6.0, "（": 5.5, "）": 5.5,
    "：": 5.5,
    "；": 6.0, "？": 7.5, "！": 7.5, "—": 6.5, "…": 7.0, "·": 7.0, "‘": 8.0, "’": 8.0, "【": 8.5, "】": 8.5,
    "\u3000": 11.0, "％": 9.0, "～": 9.0, "－": 9.0, "〈": 9.5, "〉": 9.5, "「": 9.5, "」": 9.5, "『": 10.0,
    "』": 10.0, "／": 10.0, "＋": 10.0, "．": 9.5, "℃": 9.5, "×": 9.5, "→": 10.0, "■": 10.0, "●": 10.0,
    "①": 9.5,
    "②": 9.5, "③": 9.5, "④": 10.0, "⑤": 10.5, "○": 9.5, "〇": 9.5, "★": 10.5, "◆": 10.5, "▲": 10.5, "※": 11.0,
}  # fmt: skip
"""Cost in nats (-ln of the share in running text) of signs that are no words; counted on our own articles."""
FULL_DIGIT_COST: Final = 9.0
FULL_LETTER_COST: Final = 10.5
RARE_SIGN_COST: Final = 14.0

HIGH: Final = tuple(byte for byte in SECONDS if byte > 0x80)
"""Second bytes that can be taken for a lead byte: what an unknown byte printed as `?` can be."""


def sign_cost(char: str) -> float:
    """Cost in nats of a character that is not Han."""
    known = SIGN_COSTS.get(char)
    if known is not None:
        return known
    if "０" <= char <= "９":
        return FULL_DIGIT_COST
    return FULL_LETTER_COST if "Ａ" <= char <= "ｚ" else RARE_SIGN_COST


CONVERTED_COST: Final = 6.0
"""Nats for a form of the other script: one that a converting table would have changed (这 in Traditional
text), or would have made (這 on a page that no table converted)."""
UNCONVERTED_COST: Final = 4.0
"""Nats for a Traditional form that character tables do not write (嚮 for 向, 髮 for 发)."""
WIDE_LETTERS: Final = frozenset(map(chr, (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
UNSEEN_WIDE_COST: Final = 4.0
"""Nats for a letter in full width on a page that shows none where it is whole: out of step ， and a character
whose middle bytes vanished look like one. On a third of the damage of news 6 more of 2,476 characters that
vanished with a pair are right, in both halves, and none less. Figures are left out: with them it is 14, but
where a page's only one in full width is damaged another word was read for it (three of three)."""
VANISHED_INDENT_COST: Final = 2.0
"""Nats for an ideographic space whose second byte vanished, elsewhere than in a line's indent: without, one
in a listing of animals (打敗牛、雞) made 、 too near to be given."""
COMMON_SIGNS: Final = frozenset("‘’“”—…，。、）（》《")
ITEM_NUMBERS: Final = frozenset("一二三四五六七八九十")
COMMON_SHARE: Final = 1e-3
"""Share of running text above which a character is tried where both its bytes are unknown."""


class Option(NamedTuple):
    """A printed character that is possible: itself, the code of its Simplified form, what its script
    costs."""

    char: str
    code: int
    cost: float


def _dearer_indent(option: Option) -> Option:
    return option._replace(cost=VANISHED_INDENT_COST) if option.char == "\u3000" else option


class Options:
    """The characters that one unknown byte allows; their places by the code under which the language model
    knows them."""

    def __init__(self, options: Iterable[Option]) -> None:
        self.all = tuple(options)
        self.places: dict[int, list[int]] = {}
        for place, option in enumerate(self.all):
            self.places.setdefault(option.code, []).append(place)
        self.codes = frozenset(self.places)


class Candidates:
    """Plausible characters by one known byte; computed once per byte and process.

    `simplified`: those of a page that no table has converted. `prints_wide`: that the page prints letters in
    full width.
    """

    def __init__(self, characters: Characters, *, simplified: bool = False, prints_wide: bool = True) -> None:
        self._characters = characters
        self._unseen = frozenset[str]() if prints_wide else WIDE_LETTERS
        self._foreign = characters.traditional if simplified else characters.converted_away
        self._unconverted = frozenset[str]() if simplified else characters.unconverted
        self._of_pair = lru_cache(maxsize=None)(self._option_of_pair)
        self.after_lead = lru_cache(maxsize=None)(self._after_lead)
        self.before_second = lru_cache(maxsize=None)(self._before_second)
        self.before_vanished = lru_cache(maxsize=None)(self._before_vanished)
        self.after_vanished = lru_cache(maxsize=None)(self._after_vanished)
        self.read_after_vanished = lru_cache(maxsize=None)(self._read_after_vanished)
        self.between_vanished = lru_cache(maxsize=None)(self._between_vanished)

    def option(self, char: str) -> Option:
        """The character as an option, dearer when the page's script would not have written it."""
        foreign = char in self._foreign
        cost = CONVERTED_COST if foreign else UNCONVERTED_COST if char in self._unconverted else 0.0
        cost += UNSEEN_WIDE_COST if char in self._unseen else 0.0
        return Option(char, ord(self._characters.simple(char)), cost)

    def plausible(self, char: str | None) -> bool:
        """Whether the page's text may hold the character: in use, and not of the other script."""
        if not char or "\ue000" <= char <= "\uf8ff":
            return False
        if "\u4e00" <= char <= "\u9fff":
            return char not in self._foreign and self._characters.share(char) > 0
        return sign_cost(char) < RARE_SIGN_COST

    def _options(self, pairs: Iterable[tuple[int, int]]) -> Options:
        options = (self._of_pair(lead, second) for lead, second in pairs)
        return Options(option for option in options if option)

    def _option_of_pair(self, lead: int, second: int) -> Option | None:
        char = decode_pair(lead, second)
        return self.option(char) if char and self.plausible(char) else None

    def _after_lead(self, lead: int) -> Options:
        """Second byte unknown but above 80, as one must be that was taken for a lead byte."""
        return self._options((lead, second) for second in HIGH)

    def _before_second(self, second: int) -> Options:
        """Lead byte unknown."""
        return self._options((lead, second) for lead in LEADS)

    def _before_vanished(self, lead: int, group: int) -> Options:
        """Second byte unknown but one that begins a pair of this vanishing group."""
        options = self._options((lead, second) for second in vanishing_groups()[group][0])
        return Options(map(_dearer_indent, options.all))

    def _after_vanished(self, second: int, group: int) -> Options:
        """Lead byte unknown but one that ends a pair of this vanishing group."""
        return self._options((lead, second) for lead in vanishing_groups()[group][1])

    def _read_after_vanished(self, group: int, reading: str) -> Options:
        """The same with a second byte that is lost too, and with that reading."""
        pairs = ((lead, second) for lead in vanishing_groups()[group][1] for second in HIGH)
        read = (
            option
            for option in self._options(pairs).all
            if self._characters.has_reading(option.char, reading)
        )
        return Options(read)

    def _between_vanished(self, group: int, following: int) -> Options:
        """Characters of which both bytes went with vanished pairs: where the second is of the user rows
        quotes, dashes, the commonest words and numbers of items, else the bracket behind such a number."""
        leads, seconds = vanishing_groups()[group][1], vanishing_groups()[following][0]
        pairs = ((lead, second) for lead in leads for second in seconds)
        is_common = self._is_common if following == USER_ROWS else "）".__contains__
        return Options(option for option in self._options(pairs).all if is_common(option.char))

    def _is_common(self, char: str) -> bool:
        common = char in COMMON_SIGNS or char in ITEM_NUMBERS
        return common or self._characters.share(char) > COMMON_SHARE
