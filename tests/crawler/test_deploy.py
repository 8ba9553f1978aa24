"""The files of deploy/: checked by their own tools where those are, and by their structure everywhere."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from typer.main import get_command

from crawler.cli import app

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def is_command(words: list[str]) -> bool:
    """Whether `ipnews WORDS` is a command with these options."""
    command: Any = get_command(app)
    name, *options = words
    known = {option for param in command.commands[name].params for option in param.opts}
    return set(options) <= known


def test_the_service_is_a_crawl_that_a_stop_lets_finish() -> None:
    service = unit(DEPLOY / "systemd" / "ipnews-crawl.service")["Service"]
    assert is_command(service["ExecStart"].partition("/ipnews ")[2].split())
    assert service["SuccessExitStatus"].split() == ["1", "3"]
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) >= 120
    assert service["NoNewPrivileges"] == "true"


def test_the_timer_runs_the_service() -> None:
    assert [path.stem for path in UNITS] == ["ipnews-crawl", "ipnews-crawl"]
    timer = unit(DEPLOY / "systemd" / "ipnews-crawl.timer")["Timer"]
    assert timer["Persistent"] == "true"
    assert "OnUnitInactiveSec" in timer


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With the tool where it is; its complaint about paths of another machine is not about the units."""
    tool = shutil.which("systemd-analyze")
    for path in UNITS:
        text = re.sub(r"^(ExecStart=).*", r"\1/bin/true", path.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
        if tool:
            command = [tool, "verify", "--man=no", str(tmp_path / path.name)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            complaints = [line for line in done.stderr.splitlines() if path.name in line]
            assert complaints == []
        assert unit(tmp_path / path.name).sections()


def test_the_cron_line_is_one() -> None:
    lines = [
        line for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines() if line[:1] not in "#"
    ]
    (line,) = lines
    minute, hour, day, month, weekday, command = line.split(maxsplit=5)
    assert re.fullmatch(r"\*/\d+", minute)
    assert (hour, day, month, weekday) == ("*", "*", "*", "*")
    assert is_command(command.partition(".venv/bin/ipnews ")[2].split(" >>")[0].split())
    assert "%" not in command, "cron would take it for a line break"


def test_the_cronjob_and_its_claim() -> None:
    job, claim = yaml.safe_load_all((DEPLOY / "kubernetes" / "cronjob.yaml").read_text(encoding="utf-8"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert is_command(container["args"])
    assert pod["restartPolicy"] == "Never"
    assert pod["securityContext"]["runAsNonRoot"] is True
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert set(mounts) == set(volumes)
    assert volumes["archive"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert mounts["archive"] in (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def test_the_containerfile_builds_what_the_makefile_builds_and_is_not_root() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "make setup" in text
    assert "chromium" in text
    user = re.search(r"^USER (\d+)$", text, re.M)
    assert user
    assert int(user[1]) > 0
    command = re.search(r"^CMD \[(.*)\]$", text, re.M)
    assert command
    assert is_command(re.findall(r'"([^"]*)"', command[1]))


def test_no_environment_and_no_archive_of_this_machine_goes_into_an_image() -> None:
    root = DEPLOY.parent
    ignored, left_out = (
        {
            line.strip("/").removeprefix("**/")
            for line in (root / name).read_text(encoding="utf-8").splitlines()
        }
        for name in (".gitignore", ".dockerignore")
    )
    folders = {line for line in ignored if line and not re.search(r"\.pyc$|\.coverage$|node_modules", line)}
    assert folders | {".git"} <= left_out


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.suffix)
def test_units_have_their_sections(path: Path) -> None:
    assert {"Unit", "Install"} < set(unit(path).sections())
