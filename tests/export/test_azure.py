"""Azure's protocol over real HTTP: Azurite from npm, where node is there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ExportError
from pipelines.export.store import Store
from pipelines.export.verify import verify_export

AZURITE = "azurite@3.35.0"
ACCOUNT = "tester"
KEY = base64.b64encode(b"a key of our own, sixty-four bytes!" + b"." * 29).decode()


def installed() -> Path:
    """Azurite in the user's cache, put there by npm once. Two workers may do it at once: the last rename wins."""
    cache = Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "ipnews", AZURITE.replace("@", "-")
    )
    if not cache.is_dir():
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=cache.parent))
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(draft), AZURITE]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        if not cache.is_dir():
            draft.rename(cache)
    return cache


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server: its address."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no node: Azure's protocol is tested with Azurite, which needs it")
    try:
        script = installed() / "node_modules/azurite/dist/src/blob/main.js"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot install Azurite here: Azure's protocol is not tested")
    command = [
        "node",
        str(script),
        "--blobPort",
        "0",
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--disableTelemetry",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path_factory.mktemp("azurite"),
        env=os.environ | {"AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"},
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"listens on (http://[\d.]+:\d+)", line):
                yield found[1].replace("0.0.0.0", "127.0.0.1")
                break
        else:
            pytest.fail("Azurite did not start")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def container(azurite: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty container: its `az://` address, credentials in the environment."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", f"{azurite}/{ACCOUNT}")
    name = "exports-of-test"
    make_container(azurite.removeprefix("http://"), name)
    return f"az://{name}/here"


def make_container(server: str, name: str) -> None:
    """Create Container, signed with the shared key: an object store's client does not make containers."""
    headers = {"x-ms-date": format_datetime(datetime.now(UTC), usegmt=True), "x-ms-version": "2021-08-06"}
    signed = "".join(f"{key}:{value}\n" for key, value in sorted(headers.items()))
    resource = f"/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    text = "PUT" + "\n" * 12 + signed + resource
    signature = base64.b64encode(hmac.digest(base64.b64decode(KEY), text.encode(), hashlib.sha256)).decode()
    connection = http.client.HTTPConnection(server, timeout=30)
    headers["Authorization"] = f"SharedKey {ACCOUNT}:{signature}"
    connection.request("PUT", f"/{ACCOUNT}/{name}?restype=container", headers=headers)
    response = connection.getresponse()
    said = response.read()
    connection.close()
    assert response.status in (201, 409), said


def test_exports_go_to_azure(archive: Any, container: str, tmp_path: Path) -> None:
    for form in ("parquet", "jsonl", "delta"):
        first = archive.export(f"{container}/{form}", form)
        assert first.changed
        assert not archive.export(f"{container}/{form}", form).changed
        assert list(verify_export(f"{container}/{form}")) == []
        local = tmp_path / form
        archive.export(str(local), form)
        names = {
            str(p.relative_to(local)) for p in local.rglob("*") if p.is_file() and "_delta_log" not in p.parts
        }
        there = Store.open(f"{container}/{form}")
        assert {name for name in there.sizes() if "_delta_log" not in name} == names
        for name in names:
            assert there.digest(name) == hashlib.sha256((local / name).read_bytes()).hexdigest()


def test_another_export_meanwhile(container: str) -> None:
    there = Store.open(container)
    there.replace("_manifest.json", b"one", None)
    with pytest.raises(ExportError, match="another export meanwhile"):
        there.replace("_manifest.json", b"mine", None)
    there.replace("_manifest.json", b"mine", b"one")
    assert there.read("_manifest.json") == b"mine"


def test_refusals(archive: Any, container: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExportError, match="container no-such-container does not exist on the server"):
        archive.export("az://no-such-container/x", "jsonl")
    wrong = base64.b64encode(b"another key" * 5).decode()
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", wrong)
    with pytest.raises(ExportError, match="set AZURE_STORAGE_ACCOUNT_NAME and") as caught:
        archive.export(container, "jsonl")
    assert wrong not in str(caught.value)
