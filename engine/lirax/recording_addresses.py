"""From where a recording may be fetched for somebody who listens. Pure.

The address came in a webhook, so whoever has the webhook key can write any: nothing inside our own network
is asked, except the exchange itself where it stands there.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class NotPlayable(ValueError):
    """The address is none that we fetch; the message is a sentence."""


def check_address(address: str, *, lirax_url: str) -> tuple[str, int, bool]:
    """Host and port to ask, and whether that is the exchange's own host; raises NotPlayable.

    Plain http is allowed on the exchange's own host only, and only where we speak plain http to it as well.
    """
    asked, own = _split(address), urlsplit(lirax_url)
    port = _port_of(asked)
    is_own = asked.hostname == own.hostname
    if asked.username is not None or asked.password is not None:
        raise NotPlayable("the address of this recording holds a password; it is not fetched")
    if asked.scheme == "http" and not (is_own and own.scheme == "http"):
        raise NotPlayable("the address of this recording is not https; it is not fetched")
    assert asked.hostname is not None
    return asked.hostname, port, is_own


def check_resolved(addresses: list[str], *, is_own: bool, port: int, lirax_url: str) -> str:
    """The one to connect to, of those the host's name stands for; raises NotPlayable.

    All must be public. The exchange's own host may be inside our network; on this very machine only the
    exchange's own port is it.
    """
    found = [ip_address(address.partition("%")[0]) for address in addresses]
    if not found:
        raise NotPlayable("the host of this recording is not known")
    for each in found:
        if _is_public(each) or (is_own and _may_be_inside(each, port=port, lirax_url=lirax_url)):
            continue
        raise NotPlayable("the recording lies inside the network of this server; it is not fetched")
    return str(found[0])


def _split(address: str) -> SplitResult:
    try:
        asked = urlsplit(address)
        if asked.scheme in DEFAULT_PORTS and asked.hostname:
            return asked
    except ValueError:
        pass
    raise NotPlayable("LiraX gave no address on the web for this recording")


def _port_of(asked: SplitResult) -> int:
    try:
        return asked.port or DEFAULT_PORTS[asked.scheme]
    except ValueError:
        raise NotPlayable("LiraX gave no address on the web for this recording") from None


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _may_be_inside(address: IPv4Address | IPv6Address, *, port: int, lirax_url: str) -> bool:
    own = urlsplit(lirax_url)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False  # link-local is where clouds keep their secrets
    return not address.is_loopback or port == (own.port or DEFAULT_PORTS.get(own.scheme))
