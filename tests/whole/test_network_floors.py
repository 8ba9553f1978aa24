"""The floors under the whole reading, over the publisher and three mirrors of the bundled network."""

from __future__ import annotations

from bench.eval_network import run


def test_the_network_is_read_as_well_as_ever() -> None:
    figures = run(full=False)
    assert sum(figure.floor is not None for figure in figures) >= 7
    assert not [figure.line() for figure in figures if not figure.holds]
