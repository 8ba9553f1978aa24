"""The default network, made once for each process of the test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import Running, serve


@pytest.fixture(scope="session")
def network() -> Network:
    return Network()


@pytest.fixture(scope="session")
def clean() -> Network:
    """The same network without any copying tool."""
    return Network(damaged=False)


@pytest.fixture(scope="module")
def running(network: Network) -> Iterator[Running]:
    with serve(network, Faults(slow=0.01)) as server:
        yield server
