"""Which addresses a URL that a user gave may lead to: those of the public internet.

The lists are IANA's registries of special-purpose addresses (RFC 6890 and what was added since), by
what is refused for IPv4 and by what is admitted for IPv6. Python's own `is_global` is not asked: it
admits several forms in which an IPv6 address carries a private IPv4 one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

NOT_PUBLIC_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carriers' shared addresses, and a cloud's metadata
            "127.0.0.0/8",  # this machine
            "168.63.129.16/32",  # a cloud's own services, in the midst of public addresses
            "169.254.0.0/16",  # this link, and most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments, and a cloud's metadata
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # multicast tunnels
            "192.88.99.0/24",  # relays from 6to4
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
PUBLIC_V6 = IPv6Network("2000::/3")
"""All unicast addresses that were ever given out; IPv4-mapped ones and NAT64 are elsewhere."""
NOT_PUBLIC_V6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, in its plain form."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_V4)
    return address in PUBLIC_V6 and not any(address in network for network in NOT_PUBLIC_V6)


class Reach:
    """What may be reached: the public internet on some ports, and `own` networks besides.

    `own` are addresses or networks, for feeds of one's own house, and for tests. `ports` are those
    of both; none means that any will do.
    """

    def __init__(self, own: Iterable[str] = (), ports: Iterable[int] = (80, 443)) -> None:
        self._own = tuple(ip_network(each) for each in own)
        self._ports = frozenset(ports)

    def port(self, port: int) -> bool:
        """Whether that port may be reached."""
        return not self._ports or port in self._ports

    def address(self, text: str) -> bool:
        """Whether that address may be reached."""
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return is_public(address) or any(address in network for network in self._own)

    def addresses(self, found: Sequence[str]) -> bool:
        """Whether a name that stands for these may be reached: all have to be."""
        return bool(found) and all(map(self.address, found))


LAST_NUMERIC = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")


def is_odd(host: str) -> bool:
    """Whether a host is an IPv4 address written in another way than as four decimal numbers.

    That is how browsers tell (WHATWG URL, "ends in a number"): `0x7f.1`, `2130706433`, `127.1`,
    `0177.0.0.1`. Resolvers differ in what they make of them.
    """
    if ":" in host or LAST_NUMERIC.search(host) is None:
        return False
    try:
        return str(IPv4Address(host)) != host
    except ValueError:
        return True
