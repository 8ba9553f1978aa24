"""`ipnews --version` names the package and the reading."""

from __future__ import annotations

from importlib.metadata import version

from typer.testing import CliRunner

from crawler.cli import app
from pipelines.version import PIPELINE_VERSION


def test_the_version_names_package_and_reading() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.stdout) == (0, f"ipnews {version('ipnews')}, reading {PIPELINE_VERSION}\n")
