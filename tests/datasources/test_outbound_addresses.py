"""Which addresses may be reached, in whichever form they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.outbound_addresses import NOT_PUBLIC_V4, Reach, is_odd, is_public
from datasources.outbound_failures import UrlNotAllowed
from datasources.outbound_urls import checked

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "100.128.0.1", "172.32.0.1", "192.0.1.1"]
PUBLIC_6 = ["2606:4700:4700::1111", "2a00:1450:4001:830::200e", "2001:4860:4860::8888"]
NOT_PUBLIC = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
    "192.168.0.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255",
]  # fmt: skip
NOT_PUBLIC_6 = [
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fd20:ce::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip

fours = st.integers(0, 2**32 - 1).map(IPv4Address)
refused_fours = st.one_of(
    *(st.integers(int(network[0]), int(network[-1])).map(IPv4Address) for network in NOT_PUBLIC_V4)
)


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_6)
def test_addresses_of_the_internet_may_be_reached(address: str) -> None:
    assert is_public(ip_address(address))
    assert Reach().addresses([address])


@pytest.mark.parametrize("address", NOT_PUBLIC + NOT_PUBLIC_6)
def test_addresses_of_this_machine_this_network_and_of_clouds_may_not(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Reach().addresses([address])
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(UrlNotAllowed) as refused:
        checked(f"http://{shown}/", Reach())
    assert refused.value.reason == "address"


@given(fours)
def test_no_ipv4_address_that_python_calls_private_is_public(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(address)


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_no_ipv6_address_that_python_calls_private_is_public(address: IPv6Address) -> None:
    special = address.is_multicast or address.is_reserved or address.is_site_local
    if special or not address.is_global:
        assert not is_public(address)


@given(fours)
def test_an_ipv4_address_inside_an_ipv6_address_is_refused_in_every_form(
    four: IPv4Address,
) -> None:
    """Mapped, compatible, 6to4, Teredo, both kinds of NAT64, ISATAP: also those of public ones."""
    number, flipped = int(four), int(four) ^ (2**32 - 1)
    forms = [
        (0xFFFF << 32) + number,
        number,
        (0x2002 << 112) + (number << 80) + 1,
        (0x20010000 << 96) + (0x08080808 << 64) + flipped,
        (0x0064FF9B << 96) + number,
        (0x0064FF9B0001 << 80) + number,
        (0xFE80 << 112) + (0x00005EFE << 32) + number,
    ]
    for form in forms:
        assert not Reach().address(str(IPv6Address(form)))


@given(refused_fours, st.data())
def test_no_other_way_to_write_a_refused_address_passes(
    address: IPv4Address, data: st.DataObject
) -> None:
    """Octal, hexadecimal, fewer parts, leading noughts: what `inet_aton` would understand."""
    number = int(address)
    parts = data.draw(st.integers(1, 4))
    values = [(number >> (24 - 8 * at)) & 0xFF for at in range(parts - 1)]
    values.append(number & (2 ** (32 - 8 * (parts - 1)) - 1))
    forms = st.sampled_from(["{}", "0x{:x}", "0{:o}", "0X{:X}", "00{}"])
    host = ".".join(data.draw(forms).format(value) for value in values)
    host += data.draw(st.sampled_from(["", "."]))
    with pytest.raises(UrlNotAllowed) as refused:
        checked(f"http://{host}/feed", Reach())
    assert refused.value.reason in {"address", "notation", "malformed"}


@given(fours)
def test_the_plain_form_is_not_odd_and_names_are_names(address: IPv4Address) -> None:
    assert not is_odd(str(address))
    assert not is_odd(f"{address}.example.com")


@given(st.lists(fours, max_size=3), refused_fours, st.integers(0, 3))
def test_one_address_that_is_not_public_among_others_is_enough(
    addresses: list[IPv4Address], private: IPv4Address, at: int
) -> None:
    found = [str(each) for each in addresses]
    found.insert(at, str(private))
    assert not Reach().addresses(found)


def test_nothing_is_no_address() -> None:
    for text in ("", "example.com", "1.2.3", "1.2.3.4.5", "fe80::1%eth0"):
        assert not Reach().address(text)
    assert not Reach().addresses([])


@given(fours)
def test_networks_of_ones_own_may_be_reached_and_nothing_else_is_opened_by_them(
    address: IPv4Address,
) -> None:
    reach, own = Reach(["10.20.0.0/16", "::1"]), ip_network("10.20.0.0/16")
    assert reach.address(str(address)) == (is_public(address) or address in own)
    assert reach.address("::1")
    assert not reach.address("::ffff:10.20.0.1")


def test_ports_are_those_that_were_named_or_any() -> None:
    assert [Reach().port(port) for port in (80, 443, 22, 6379, 8080, 0)] == [True] * 2 + [False] * 4
    assert Reach(ports=[8080]).port(8080)
    assert not Reach(ports=[8080]).port(80)
    assert Reach(ports=[]).port(6379)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.com:70/_", "scheme"),
        ("data:text/plain,hello", "scheme"),
        ("//example.com/", "scheme"),
        ("example.com", "scheme"),
        ("", "scheme"),
        ("http://", "malformed"),
        ("http:///etc", "malformed"),
        ("http://user@example.com/", "credentials"),
        ("http://user:pass@example.com/", "credentials"),
        ("http://example.com@127.0.0.1/", "credentials"),
        ("http://:@example.com/", "credentials"),
        ("http://example.com\\@127.0.0.1/", "malformed"),
        ("http://exa mple.com/", "malformed"),
        ("http://example.com/\r\nHost: x", "malformed"),
        ("http://example.com/\x00", "malformed"),
        ("http://[::1", "malformed"),
        ("http://[fe80::1%25eth0]/", "address"),
        ("http://127%2e0%2e0%2e1/", "malformed"),
        ("http://１２７.0.0.1/", "malformed"),
        ("http://127。0。0。1/", "address"),
        ("http://0x7f.1/", "notation"),
        ("http://2130706433/", "notation"),
        ("http://127.1/", "notation"),
        ("http://127.0.0.1./", "notation"),
        ("http://0/", "notation"),
        ("http://example.com:22/", "port"),
        ("http://example.com:0/", "port"),
        ("http://example.com:99999/", "port"),
        ("http://example.com:-1/", "port"),
        ("http://example.com/" + "a" * 2048, "malformed"),
    ],
)
def test_urls_that_are_none_for_us_are_refused_before_anybody_is_asked(
    url: str, reason: str
) -> None:
    with pytest.raises(UrlNotAllowed) as refused:
        checked(url, Reach())
    assert (refused.value.reason, refused.value.code) == (reason, "URL_NOT_ALLOWED")
    assert str(refused.value).endswith((".", "feed.xml."))


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("HTTPS://Example.COM/Feed?a=1#there", "https://example.com/Feed?a=1"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://8.8.8.8", "http://8.8.8.8"),
        ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
        ("http://3com.example/", "http://3com.example/"),
    ],
)
def test_ordinary_urls_are_read_as_browsers_do(url: str, read: str) -> None:
    assert str(checked(url, Reach())) == read


@given(st.text(max_size=60) | st.text("htps:/@[]%.0x1\\#?&", max_size=30).map("http://".__add__))
def test_any_text_is_a_url_for_us_or_refused_with_a_reason(text: str) -> None:
    try:
        found = checked(text, Reach())
    except UrlNotAllowed as refused:
        assert refused.reason
    else:
        assert found.scheme in {"http", "https"}
        assert not found.userinfo
        assert found.host
