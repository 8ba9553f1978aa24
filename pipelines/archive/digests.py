"""Labelled digests as WARC files of many writers carry them: `algorithm:value`, in hexadecimal or Base32."""

from __future__ import annotations

import base64
import binascii
import hashlib

_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


def parse_label(label: str | None) -> tuple[str, bytes] | None:
    """(algorithm, digest) of a label; None where it cannot be understood, so that it proves nothing."""
    name, _, value = (label or "").strip().partition(":")
    algorithm, value = name.strip().lower().replace("-", ""), value.strip()
    size = _SIZES.get(algorithm)
    if size is None or not value:
        return None
    try:
        if len(value) == 2 * size and "=" not in value:
            digest = bytes.fromhex(value)
        else:
            unpadded = value.rstrip("=").upper()
            digest = base64.b32decode(unpadded + "=" * (-len(unpadded) % 8))
    except (ValueError, binascii.Error):
        return None
    return (algorithm, digest) if len(digest) == size else None


def normal_label(label: str | None) -> str | None:
    """A label in one form, lower-case hexadecimal, so that two writers' labels can be compared."""
    parsed = parse_label(label)
    return f"{parsed[0]}:{parsed[1].hex()}" if parsed else None


def matches(label: str, data: bytes) -> bool | None:
    """Whether a label is right about `data`; None where it cannot be understood."""
    parsed = parse_label(label)
    if parsed is None:
        return None
    algorithm, digest = parsed
    return hashlib.new(algorithm, data, usedforsecurity=False).digest() == digest
