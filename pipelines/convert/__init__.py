"""Conversion of Traditional text to Simplified, one named step, never a repair."""
