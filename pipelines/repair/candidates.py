"""Which characters an unknown byte may belong to: the plausible ones of a lead byte or of a second byte."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pipelines.repair.gbk import LEADS, SECONDS, decode_pair, is_user_row
from pipelines.repair.language import Characters

SIGN_COSTS: Final = {
    "，": 2.9, "。": 3.4, "、": 4.5, "“": 5.0, "”": 5.0, "《": 6.0, "》": 6.0, "（": 5.5, "）": 5.5, "：": 5.5,
    "；": 6.0, "？": 7.5, "！": 7.5, "—": 6.5, "…": 7.0, "·": 7.0, "‘": 8.0, "’": 8.0, "【": 8.5, "】": 8.5,
    "\u3000": 6.0, "％": 9.0, "～": 9.0, "－": 9.0, "〈": 9.5, "〉": 9.5, "「": 9.5, "」": 9.5, "『": 10.0,
    "』": 10.0, "／": 10.0, "＋": 10.0, "．": 9.5, "℃": 9.5, "×": 9.5, "→": 10.0, "■": 10.0, "●": 10.0, "①": 9.5,
    "②": 9.5, "③": 9.5, "④": 10.0, "⑤": 10.5, "○": 9.5, "〇": 9.5, "★": 10.5, "◆": 10.5, "▲": 10.5, "※": 11.0,
}  # fmt: skip
"""Cost in nats (-ln of the share in running text) of signs that are no words; counted on our own articles."""
FULL_DIGIT_COST: Final = 9.0
FULL_LETTER_COST: Final = 10.5
RARE_SIGN_COST: Final = 14.0

HIGH: Final = tuple(byte for byte in SECONDS if byte > 0x80)
"""Second bytes that can be taken for a lead byte: what an unknown byte printed as `?` can be."""
USER_SECONDS: Final = tuple(byte for byte in (*range(0xAA, 0xB0), *range(0xF8, 0xFF)))
"""Second bytes that make the next pair a user row."""
ROWS: Final = range(0xA1, 0xFF)


def sign_cost(char: str) -> float:
    """Cost in nats of a character that is not Han."""
    known = SIGN_COSTS.get(char)
    if known is not None:
        return known
    if "０" <= char <= "９":
        return FULL_DIGIT_COST
    return FULL_LETTER_COST if "Ａ" <= char <= "ｚ" else RARE_SIGN_COST


class Candidates:
    """Plausible characters by one known byte; computed once per byte and process."""

    def __init__(self, characters: Characters) -> None:
        self._characters = characters
        self.by_lead = lru_cache(maxsize=None)(self._by_lead)
        self.by_second = lru_cache(maxsize=None)(self._by_second)
        self.before_user_row = lru_cache(maxsize=None)(self._before_user_row)

    def plausible(self, char: str | None) -> bool:
        """Whether a mirror's text may hold the character: in use, and not one its table converts away."""
        if not char or "\ue000" <= char <= "\uf8ff":
            return False
        if "\u4e00" <= char <= "\u9fff":
            return char not in self._characters.converted_away and self._characters.share(char) > 0
        return sign_cost(char) < RARE_SIGN_COST

    def _by_lead(self, lead: int) -> tuple[tuple[str, int], ...]:
        """(character, second byte) with the second byte above 80."""
        pairs = ((decode_pair(lead, second), second) for second in HIGH)
        return tuple((char, second) for char, second in pairs if char and self.plausible(char))

    def _by_second(self, second: int, rows_only: bool = False) -> tuple[tuple[str, int], ...]:
        """(character, lead byte); `rows_only`: lead bytes A1-FE, as the second byte of a user row is."""
        pairs = ((decode_pair(lead, second), lead) for lead in (ROWS if rows_only else LEADS))
        return tuple((char, lead) for char, lead in pairs if char and self.plausible(char))

    def _before_user_row(self, lead: int) -> tuple[tuple[str, int], ...]:
        """(character, second byte) of a lead byte whose second byte can begin a user row."""
        pairs = ((decode_pair(lead, second), second) for second in USER_SECONDS)
        return tuple((char, second) for char, second in pairs if char and self.plausible(char))


def is_user_lead(byte: int) -> bool:
    """Whether a byte begins pairs of the user rows."""
    return is_user_row(byte, 0xFE)
