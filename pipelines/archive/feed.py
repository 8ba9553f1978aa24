"""Bytes for the reader of records: a window on a file, an inflated gzip member, a lookahead over either."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from isal import isal_zlib

from pipelines.archive.codec import InflateError

STEP = 1 << 16
_PIECE = 1 << 13
"""Compressed bytes inflated at once: what lies behind the member's end is copied for nothing, and with 64 KB
a record took 1.1 to 1.2 times as long (pages of 55 KB, and records of 1 KB)."""

SCAN = 1 << 20
MAX_LINE = 1 << 16
BORDER = 64
"""Bytes looked at again with the next ones: a sign may lie across the border."""


class Broken(Exception):
    """The record being read cannot be had; the message says why."""


class BrokenMember(Broken):
    """The gzip member around the record cannot be inflated further."""


class Window:
    """Bytes of a file at any offset; neighbouring requests are served from one read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start, self._data, self._at_end = 0, b"", False

    def at(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes at `offset`; fewer only at the end of the file."""
        first = offset - self._start
        if first < 0 or (first + count > len(self._data) and not (self._at_end and first <= len(self._data))):
            self._file.seek(offset)
            wanted = max(count, SCAN)
            self._data, self._start, first = self._file.read(wanted), offset, 0
            self._at_end = len(self._data) < wanted
        return self._data[first : first + count]


class Member:
    """One gzip member, inflated step by step."""

    def __init__(self, window: Window, offset: int) -> None:
        self._window, self.end = window, offset
        self._inflater = isal_zlib.decompressobj(31)

    def more(self) -> bytes:
        """The next inflated bytes; b"" behind the member, whose checksum then was right."""
        while not self._inflater.eof:
            piece = self._inflater.unconsumed_tail
            if not piece:
                piece = self._window.at(self.end, _PIECE)
                self.end += len(piece)
                if not piece:
                    raise BrokenMember("clipped: the file ends inside a gzip member")
            try:
                out = self._inflater.decompress(piece, SCAN)
            except InflateError as error:
                raise BrokenMember(f"corrupt gzip member: {error}") from None
            if self._inflater.eof:
                self.end -= len(self._inflater.unused_data)
            if out:
                return out
        return b""

    def pass_over(self) -> int:
        """Inflate the rest for its checksum alone; returns the offset behind the member."""
        while self.more():
            pass
        return self.end


class Feed:
    """A reader with a lookahead over pieces that come from `more` until it gives b""."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more, self._data = more, bytearray()
        self.position = 0

    def peek(self, count: int) -> bytes:
        """The next bytes without taking them; fewer only at the end."""
        while len(self._data) < count and (piece := self._more()):
            self._data += piece
        return bytes(self._data[:count])

    def take(self, count: int) -> bytes:
        """The next bytes; fewer only at the end."""
        out = self.peek(count)
        del self._data[: len(out)]
        self.position += len(out)
        return out

    def put_back(self, data: bytes) -> None:
        """Give the bytes that were taken last to whoever takes next."""
        self._data[:0] = data
        self.position -= len(data)

    def pass_to(self, sign: re.Pattern[bytes]) -> bool:
        """Pass over what stands before the next match; without one, over nearly all there is, and False."""
        while True:
            ahead = self.peek(SCAN)
            if match := sign.search(ahead):
                self.take(match.start())
                return True
            if len(ahead) < SCAN:
                return False
            self.take(SCAN - BORDER)

    def skip(self, count: int) -> int:
        """Pass over bytes; returns how many there were."""
        left = count
        while left and (gone := len(self.take(min(left, SCAN)))):
            left -= gone
        return count - left

    def line(self) -> bytes:
        """The next line with its end; without one, what there is of it up to MAX_LINE."""
        searched = 0
        while (end := self._data.find(b"\n", searched)) < 0 and len(self._data) < MAX_LINE:
            searched = len(self._data)
            if not (piece := self._more()):
                break
            self._data += piece
        return self.take(end + 1 if end >= 0 else min(len(self._data), MAX_LINE))

    def head(self) -> bytes:
        """The next lines and the blank one behind them; b"" where they are not at hand, or end otherwise."""
        end = self._data.find(b"\r\n\r\n", 0, MAX_LINE)
        return self.take(end + 4) if end >= 0 else b""

    def pass_closing(self) -> bool:
        """Pass over the two line ends behind a block; False when something else stands there."""
        for closing in (b"\r\n\r\n", b"\n\n"):
            if self.peek(len(closing)) == closing:
                self.take(len(closing))
                return True
        ahead = self.peek(16)
        rest = ahead.lstrip(b"\r\n")
        self.take(len(ahead) - len(rest))
        return not rest or (len(rest) < len(ahead) and rest[:5].upper() == b"WARC/")

    def pass_blank(self) -> None:
        """Pass over white space."""
        while (ahead := self.peek(64)) and (rest := ahead.lstrip()) != ahead:
            self.take(len(ahead) - len(rest))
