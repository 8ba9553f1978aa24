"""Hypothesis without deadlines: the machines that run this are shared, and a time is no property of the code."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("copies", deadline=None)
settings.load_profile("copies")
