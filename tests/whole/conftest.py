"""Whole runs by real commands: project folders to run them in, and crawls that several tests look at.

A shared run is made once for all processes of a test run, under a file lock, and never changed: a test that
goes on from it takes a copy.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import Running, resolver_map, serve
from crawler.demo.stories import load_stories

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = ("a001", "a002", "a015", "a026", "a042", "a062", "a063", "a064", "a065", "a066")
"""Two bulletins that differ in their figures, an interview, a court case, a brand report, two texts on one
event, an article of several pages, one that is revised later, a post off the topic."""
GOES_ON = {"LANG": "C.UTF-8", "COLUMNS": "120", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Place:
    """A project's folder with scrapy.cfg, `sites/` and `archive/`; commands run in it, as a user runs them.

    `network`: host -> (address, port) for the names that no name server knows.
    """

    folder: Path
    network: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def ipnews(self, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `ipnews ARGUMENT...` to its end."""
        return self._run(self.command(*arguments), **options)

    def command(self, *arguments: object) -> list[str]:
        """The command line of `ipnews ARGUMENT...`."""
        script = Path(__file__).with_name("ipnews_on_network.py")
        start = [str(script)] if self.network else ["-m", "crawler.cli"]
        return [sys.executable, *start, *map(str, arguments)]

    def weighed(self, *arguments: object, **options: Any) -> tuple[subprocess.CompletedProcess[str], int]:
        """The same, and the bytes that the largest process of the run had resident at most."""
        weight = self.folder / "weight.txt"
        script = Path(__file__).with_name("weighed.py")
        command = [sys.executable, str(script), str(weight), *self.command(*arguments)]
        return self._run(command, **options), int(weight.read_text())

    def scrapy(self, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `scrapy ARGUMENT...` to its end."""
        return self._run([sys.executable, "-m", "scrapy", *map(str, arguments)], **options)

    def done(self, *arguments: object) -> str:
        """Run `ipnews ARGUMENT...`, which must end with 0 and say nothing of Python's; its stdout."""
        result = self.ipnews(*arguments)
        assert result.returncode == 0, result.stderr
        assert "Traceback" not in result.stderr
        assert "Warning" not in result.stderr
        return result.stdout

    def start(self, *arguments: object) -> subprocess.Popen[bytes]:
        """Start `ipnews ARGUMENT...`."""
        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCRAPY_")}
        return inherited | GOES_ON | {"PYTHONPATH": str(ROOT), "NETWORK": json.dumps(self.network)}

    def exported(self, name: str = "export", *filters: str) -> bytes:
        """The JSON lines of an export of everything, decompressed."""
        target = self.folder / name
        self.done("export", "--to", target, "--format", "jsonl", "--copies", "--topics", "all", *filters)
        manifest = json.loads((target / "_manifest.json").read_bytes())
        files = [target / file["name"] for file in manifest["parts"]]
        return b"".join(pa.input_stream(str(file), compression="zstd").read() for file in files)

    def rows(self, name: str = "export", *filters: str) -> list[dict[str, Any]]:
        """The same, as dictionaries."""
        return [json.loads(line) for line in self.exported(name, *filters).splitlines()]

    def _run(
        self, command: list[str], stdin: bytes | str = b"", **options: Any
    ) -> subprocess.CompletedProcess[str]:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        options = {"cwd": self.folder, "env": self.environment(), "timeout": 240} | options
        result = subprocess.run(command, input=given, capture_output=True, check=False, **options)
        return subprocess.CompletedProcess(
            command, result.returncode, result.stdout.decode(), result.stderr.decode()
        )


def made_place(
    folder: Path, sites: dict[str, str], network: dict[str, tuple[str, int]] | None = None
) -> Place:
    (folder / "sites").mkdir(parents=True)
    for name, text in sites.items():
        (folder / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")
    settings = "[settings]\ndefault = crawler.settings\n\n[ipnews]\narchive = archive\nsites = sites\n"
    (folder / "scrapy.cfg").write_text(settings, encoding="utf-8")
    return Place(folder, network or {})


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., Place]:
    """Makes a project's folder: name, declarations by name, pinned names."""

    def make(
        name: str = "project",
        sites: dict[str, str] | None = None,
        network: dict[str, tuple[str, int]] | None = None,
    ) -> Place:
        return made_place(tmp_path / name, sites or {}, network)

    return make


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Place], Place]:
    """A copy of a shared place, to be changed."""

    def copy(shared: Place) -> Place:
        shutil.copytree(shared.folder, tmp_path / "copy")
        return Place(tmp_path / "copy", shared.network)

    return copy


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Calls a function with a new folder, once for all processes of this test run; returns the folder."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def run(name: str, build: Callable[[Path], None]) -> Path:
        folder = base / f"whole-{name}"
        with (base / f"whole-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                draft = base / f"whole-{name}.{os.getpid()}"
                build(draft)
                draft.rename(folder)
        return folder

    return run


@pytest.fixture(scope="session")
def chosen() -> Network:
    """Ten stories of all kinds on the publisher and six mirrors."""
    written = tuple(story for story in load_stories() if story.id in CHOSEN)
    return Network(written=written, mirrors=6, crawl_delay=0.0)


def enabled(network: Network) -> dict[str, str]:
    """The declarations of a network as those of live sites: a crawl takes them."""
    return {
        name.removeprefix("demo-"): text.replace("demo = true\n", "").replace(
            "enabled = false", "enabled = true"
        )
        for name, text in declarations(network).items()
    }


@pytest.fixture
def live(chosen: Network, place: Callable[..., Place]) -> Iterator[Callable[[str], tuple[Place, Running]]]:
    """Makes a place whose declared sites are live: the chosen network, served by this process."""
    with ExitStack() as stack:

        def make(name: str = "project") -> tuple[Place, Running]:
            server = stack.enter_context(serve(chosen, Faults(slow=0.0)))
            return place(name, enabled(chosen), resolver_map(chosen, server.port)), server

        yield make


@pytest.fixture(scope="session")
def crawled(once: Callable[..., Path], chosen: Network) -> Place:
    """`ipnews crawl` of the chosen network, then again after a tenth of its pages has changed.

    `first.json` and `second.json` say what the server answered: [status, bytes, host, path] of each request.
    """

    def build(folder: Path) -> None:
        with serve(chosen, Faults(slow=0.0)) as server:
            place = made_place(folder, enabled(chosen), resolver_map(chosen, server.port))
            for name in ("first", "second"):
                before = len(server.log)
                place.done("crawl", "--all")
                told = [(line.status, line.sent, line.host, line.path) for line in server.log[before:]]
                (folder / f"{name}.json").write_text(json.dumps(told))
                (folder / f"{name}.jsonl").write_bytes(place.exported(name))
                server.hub.change(generation=1, changed=0.1)

    return Place(once("crawled", build))


@pytest.fixture(scope="session")
def demo(once: Callable[..., Path]) -> Place:
    """`ipnews demo` of eight stories on all eleven mirrors, twice; `first.json` and `second.json` hold what it
    printed, `first.txt` and `second.txt` what it said, `first.files` the WARC files of the first run."""

    def build(folder: Path) -> None:
        place = made_place(folder, {})
        for name in ("first", "second"):
            result = place.ipnews("demo", "--articles", DEMO_STORIES, "--archive", place.archive, "--json")
            assert result.returncode == 0, result.stderr
            (folder / f"{name}.json").write_text(result.stdout)
            (folder / f"{name}.txt").write_text(result.stderr)
            sizes = {path.name: path.stat().st_size for path in (place.archive / "warc").iterdir()}
            (folder / f"{name}.files").write_text(json.dumps(sizes))

    return Place(once("demo", build))


DEMO_STORIES = 8
