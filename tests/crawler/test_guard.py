"""The guard against addresses as attackers write and resolve them."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import canonical
from crawler.guard import MAX_URL, Refused, check_ip, check_url, numeric_host

WRITTEN = [
    "ftp://www.example.org/", "file:///etc/passwd", "gopher://www.example.org/", "data:text/html,x",
    "javascript:alert(1)", "ws://www.example.org/", "//www.example.org/", "http:///path", "http://",
    "http://user:word@www.example.org/", "http://www.example.org@10.0.0.1/", "http://www.example.org:22/",
    "http://www.example.org:6379/", "http://www.example.org:25/", "http://www.example.org:99999/",
    "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://printer/", "http://nas.local/",
    "http://metadata.google.internal/", "http://x.home.arpa/", "http://127.0.0.1/", "http://127.1/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://0/",
    "http://017700000001/", "http://127.0.0.1./", "http://10.0.0.1/", "http://172.16.0.1/",
    "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/",
    "http://168.63.129.16/", "http://0.0.0.0/", "http://224.0.0.1/", "http://255.255.255.255/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[fe80::1]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fec0::1]/", "http://１２７.0.0.1/",
    "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://256.256.256.256/", "http://1.2.3.4.5/",
    "http://www.example.org\\@10.0.0.1/", "http://www.exa mple.org/", "http://www.example.org/\x00",
    "http://-bad.example.org/", "http://a..example.org/", "http://08.1.1.1/", "http://4294967296/",
    "http://www.example.org/" + "a" * MAX_URL,
]  # fmt: skip


TRICKS = [
    # Zones, tunnels and transitions of IPv6
    "http://[fe80::1%25eth0]/", "http://[::1%25lo]/", "http://[::127.0.0.1]/", "http://[::ffff:0:7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:53aa:64c:0:0:80ff:fffe]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:169.254.169.254]/",
    "http://[100::1]/", "http://[5f00::1]/", "http://[ff05::2]/", "http://[v1.fe80::a]/", "http://[127.0.0.1]/",
    "http://[::1", "http://::1/", "http://fd00::1/",
    # Numbers in other bases, lengths, widths and scripts, escaped ones, with dots at their end
    "http://0x7f.0x0.0x0.0x1/", "http://0X7F.0.0.1/", "http://00000177.0.0.1/", "http://0177.0x0.0.1/",
    "http://127.65535/", "http://192.168.257/", "http://0xA9FEA9FE/", "http://025177524776/",
    "http://169.254.43518/", "http://0x/", "http://1.1.1.1.0x7f/", "http://127.0.0.1../", "http://127.1./",
    "http://%31%32%37.0.0.1/", "http://127.0.0.1%00.example.org/", "http://127.0.0.1%2f@example.org/",
    "http://127\u30020\uff0e0\uff611/", "http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/", "http://𝟏𝟐𝟕.𝟎.𝟎.𝟏/",
    # Who is asked and who is named
    "http://127.0.0.1@example.org/", "http://a:b@[::1]/", "http://example.org:80@127.0.0.1/",
    "http:\\\\127.0.0.1/", "http:/127.0.0.1/", "http:127.0.0.1/", "http:///127.0.0.1/",
    "http://127.0.0.1\\.example.org/", "http://127.0.0.1:80:80/", "http://[::1]:65536/", "http://example.org:0/",
    # Special networks
    "http://192.0.0.170/", "http://198.19.255.255/", "http://239.255.255.250/", "http://169.254.170.2/",
    # Names of this machine and of local networks
    "http://%6c%6f%63%61%6c%68%6f%73%74/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://loc\u00adalhost/", "http://ｌｏｃａｌｈｏｓｔ/",
    "http://localhost../", "http://LOCALHOST%2e/", "http://localhost.localdomain/", "http://ip6-localhost/",
    "http://metadata/", "http://METADATA.google.internal./", "http://router.home/", "http://www.private/",
    "http://kubernetes.default.svc/", "http://x.svc.cluster.local/", "http://1.0.0.127.in-addr.arpa/",
    "http://a.invalid/", "http://a.alt/", "http://a.onion/",
    # Schemes around addresses
    "view-source:http://example.org/", "jar:http://example.org/!/", "blob:http://example.org/x", "about:blank",
    "feed:http://127.0.0.1/", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", TRICKS)
def test_tricks_are_refused_as_written_and_in_their_one_form(url: str) -> None:
    for form in (url, canonical(url)):
        with pytest.raises(Refused):
            check_url(form)


@pytest.mark.parametrize("url", WRITTEN)
def test_written_addresses_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://www.example.org/a?b=c", "www.example.org"),
        ("https://WWW.Example.ORG.:443/", "www.example.org"),
        ("http://8.8.8.8/", "8.8.8.8"),
        ("http://www.example.org:8080/", "www.example.org"),
        ("http://新闻.example.org/", "xn--efvy88h.example.org"),
        ("http://[2606:4700::1]/", "2606:4700::1"),
        ("http://a_b.example.org/", "a_b.example.org"),
    ],
)
def test_public_addresses_pass(url: str, host: str) -> None:
    assert check_url(url) == host


RESOLVED = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "192.0.0.192", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.251", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "::1", "::", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::7f00:1",
    "64:ff9b::a00:1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1",
    "2002:a00:1::1", "3fff::1", "no address",
]  # fmt: skip


@pytest.mark.parametrize("address", RESOLVED)
def test_resolved_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused):
        check_ip(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "2606:4700::1111", "240c::6666"])
def test_public_addresses_are_connected_to(address: str) -> None:
    check_ip(address)


def test_loopback_is_an_opt_in_for_loopback_alone() -> None:
    check_ip("127.0.0.1", loopback=True)
    check_ip("::1", loopback=True)
    for address in ("10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0"):
        with pytest.raises(Refused):
            check_ip(address, loopback=True)


@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.sampled_from(["{:d}", "0x{:x}", "0{:o}"]))
def test_every_way_to_write_a_number_is_that_number(value: int, dots: int, style: str) -> None:
    """Written with any number of dots in any base, as inet_aton reads it."""
    shifts = [24, 16, 8][:dots]
    parts = [(value >> shift) & 0xFF for shift in shifts] + [value & ((1 << (32 - 8 * dots)) - 1)]
    host = ".".join("0" if part == 0 else style.format(part) for part in parts)
    assert numeric_host(host) == IPv4Address(value)
