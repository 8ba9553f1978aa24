from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.demo import truth
from crawler.demo.network import Network
from crawler.demo.server import Running

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")
def test_a_browser_unpacks_the_article(network: Network, running: Running, tmp_path: Path) -> None:
    fact = next(fact for fact in truth.truths(network) if fact.needs_browser)
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
        f"--host-resolver-rules=MAP *.test 127.0.0.1:{running.port}", "--dump-dom", fact.url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=300, check=True)
    shown = done.stdout.decode()
    assert all(paragraph in shown for paragraph in fact.text.split("\n"))
    assert f"<h1>{fact.headline}</h1>" in shown
