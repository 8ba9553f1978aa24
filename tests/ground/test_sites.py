"""Declarations: what is wrong is named with its file, key and remedy; what ships is off and harmless."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import SiteFileError, UsageError
from pipelines.sites import load_sites, parse_site, site_of

SHIPPED = Path(__file__).resolve().parent.parent.parent / "data" / "sites"
MIRRORS_SEEN = ("jizihe.com", "61tv.cn", "aspschool.cn", "islanderfriend.com", "auto-ty.com", "cd-xiaoma.com")


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        ("hosts = [", "TOML", "mend the syntax"),
        ("", "hosts", "add-a-mirror"),
        ("hosts = []", "hosts", "at least one"),
        ('hosts = "a.example"', "hosts", "add-a-mirror"),
        ('hosts = ["http://a.example/"]', "hosts", "bare host name"),
        ('hosts = ["127.0.0.1"]', "hosts", "a server of your own"),
        ('hosts = ["localhost"]', "hosts", "a server of your own"),
        ('hosts = ["::1"]', "hosts", "a server of your own"),
        ('hosts = ["WWW.a.example"]', "hosts", "bare host name"),
        ('hosts = ["a.example"]\ncolour = 1', "colour", "add-a-mirror"),
        ('hosts = ["a.example"]\nname = "b"', "name", "name it b.toml"),
        ('hosts = ["a.example"]\nstart = ["ftp://a.example/"]', "start", "http"),
        ('hosts = ["a.example"]\nstart = ["http://b.example/"]', "start", "not in hosts"),
        ('hosts = ["a.example"]\nstart = ["http://[::1/"]', "start", "whole http"),
        ('hosts = ["a.example"]\nenabled = true', "start", "enabled = false"),
        ('hosts = ["a.example"]\n[pace]\ndelay = -1', "pace.delay", "between 0 and 3600"),
        ('hosts = ["a.example"]\n[pace]\ndeley = 1', "pace.deley", "add-a-mirror"),
        ('hosts = ["a.example"]\n[pace]\nconnections = 0', "pace.connections", "at least 1"),
        ('hosts = ["a.example"]\n[urls]\narticle = ["("]', "urls.article", "regular expression"),
    ],
)
def test_a_broken_declaration_names_file_key_and_remedy(text: str, key: str, word: str) -> None:
    with pytest.raises(SiteFileError) as caught:
        parse_site("a-mirror", text, "data/sites/a-mirror.toml")
    assert caught.value.key == key
    assert str(caught.value).startswith(f"data/sites/a-mirror.toml: {key}: ")
    assert word in str(caught.value)


def test_a_file_name_must_be_plain() -> None:
    with pytest.raises(SiteFileError, match="use a-z"):
        parse_site("../etc", 'hosts = ["a.example"]')


def test_bytes_that_are_not_utf8_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'hosts = ["\xe9.example"]')
    with pytest.raises(SiteFileError, match="UTF-8"):
        load_sites(tmp_path)


def test_one_host_belongs_to_one_site(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('hosts = ["a.example"]')
    with pytest.raises(UsageError, match=r"declared by one\.toml too"):
        load_sites(tmp_path)


def test_the_site_of_an_address_is_the_one_that_declares_its_host() -> None:
    site = parse_site("a-mirror", 'hosts = ["www.a.example", "a.example"]')
    assert site_of([site], "http://A.example:8080/x") is site
    assert site_of([site], "http://b.a.example/x") is None
    assert site_of([site], "not an address") is None


def test_shipped_declarations_are_off() -> None:
    sites = load_sites(SHIPPED)
    assert not [site.name for site in sites.values() if site.enabled]
    for host in MIRRORS_SEEN:
        site = site_of(sites.values(), f"http://{host}/")
        assert site is not None, host
        assert site.verified is None
        assert "not verified live" in site.notes
        assert not site.loopback


def test_only_the_demo_may_speak_to_loopback() -> None:
    assert {site.demo for site in load_sites(SHIPPED).values() if site.loopback} <= {True}
