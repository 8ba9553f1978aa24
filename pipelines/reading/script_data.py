"""The data in the scripts of a page, as frameworks send it: every value that stands there as JSON.

`__NEXT_DATA__`, `window.__INITIAL_STATE__`, Nuxt's list of references. No script is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import unquote

MOST_PLACES: Final = 20_000
"""Places in a page that are looked at: attributes look like assignments too."""
MOST_DECODED: Final = 24
"""Places that are tried as JSON; pages have one to three."""
MOST_VALUES: Final = 50_000
"""Values looked through; the state of a news page has some thousands."""

_PLACE: Final = re.compile(
    r"<script\b[^<>]*\btype=[\"']?application/json[^<>]*>\s*|=\s*(?:(?:JSON\.parse|decodeURIComponent)\(\s*)*(?=[{\[\"])",
    re.I,
)
_VARIABLE: Final = re.compile(r"(?:__|state|data|detail|article|store|page)[\w$\"'\]]*\s*$", re.I)
_NAME: Final = 40
"""Characters looked at before an assignment."""
_DECODER: Final = json.JSONDecoder(strict=False)

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def values_of(page: str) -> Iterator[Json]:
    """Every value in the data of the scripts, the outermost first."""
    left = MOST_VALUES
    for data in _decoded(page):
        waiting = [_dereferenced(data)]
        while waiting and left:
            left -= 1
            value = waiting.pop()
            yield value
            if isinstance(value, dict):
                waiting += reversed(value.values())
            elif isinstance(value, list):
                waiting += reversed(value)


def _decoded(page: str) -> Iterator[Json]:
    """What stands in the scripts as JSON, one value after the other."""
    matches = islice(_PLACE.finditer(page), MOST_PLACES)
    places = (match.span() for match in matches if _is_data(page, match))
    done = 0
    for start, at in islice(places, MOST_DECODED):
        if start < done:
            continue
        try:
            value, done = _value(page, at)
        except (ValueError, RecursionError):
            continue
        yield value


def _is_data(page: str, match: re.Match[str]) -> bool:
    """Whether what begins here is a script of data, or assigned to what is named like data."""
    start = match.start()
    return match[0][0] == "<" or _VARIABLE.search(page, max(0, start - _NAME), start) is not None


def _value(page: str, at: int) -> tuple[Json, int]:
    """(the value that begins at an index, index behind it), also of one written as a string. Raises
    ValueError and RecursionError where there is none."""
    if page.startswith(("%7B", "%5B"), at):
        end = page.find("<", at)
        return _DECODER.raw_decode(unquote(page[at:end]))[0], end
    value, end = _DECODER.raw_decode(page, at)
    if isinstance(value, str):
        text = unquote(value) if value.startswith(("%7B", "%5B")) else value
        value = _DECODER.raw_decode(text)[0] if text[:1] in ("{", "[") else None
    return value, end


def _dereferenced(data: Json) -> Json:
    """Nuxt 3 sends a flat list whose records name their values by index: these records, one level deep."""
    if not isinstance(data, list) or not any(isinstance(item, dict) for item in data[:3]):
        return data
    records: list[Json] = []
    for item in data[:MOST_VALUES]:
        if isinstance(item, dict) and item and all(isinstance(value, int) for value in item.values()):
            indexes = {key: value for key, value in item.items() if isinstance(value, int)}
            known = {key: data[at] for key, at in indexes.items() if 0 <= at < len(data)}
            records.append({key: value for key, value in known.items() if not isinstance(value, dict | list)})
    return records or data
