"""From where a recording may be fetched, and from where not: the address came in a webhook."""

import pytest

from engine.lirax.recording_addresses import NotPlayable, check_address, check_resolved

LIRAX = "https://lira.example.com:8482/general"
INSIDE = "http://10.0.0.5:8482/general"
HERE = "http://127.0.0.1:8482/general"


@pytest.mark.parametrize(
    ("address", "lirax_url", "expected"),
    [
        ("https://files.example.com/a.wav", LIRAX, ("files.example.com", 443, False)),
        ("https://lira.example.com/a.wav", LIRAX, ("lira.example.com", 443, True)),
        ("https://files.example.com:8443/a.wav?key=1", LIRAX, ("files.example.com", 8443, False)),
        ("http://10.0.0.5/a.wav", INSIDE, ("10.0.0.5", 80, True)),
        ("http://127.0.0.1:8482/a.wav", HERE, ("127.0.0.1", 8482, True)),
    ],
)
def test_an_address_on_the_web_may_be_asked(
    address: str, lirax_url: str, expected: tuple[str, int, bool]
) -> None:
    assert check_address(address, lirax_url=lirax_url) == expected


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example.com/a.wav",
        "http://lira.example.com/a.wav",  # we speak https to it, so no word of it may come in the clear
        "ftp://files.example.com/a.wav",
        "file:///etc/passwd",
        "https://user:secret@files.example.com/a.wav",
        "https:///a.wav",
        "https://[::1/a.wav",
        "https://files.example.com:99999/a.wav",
        "javascript:alert(1)",
        "a.wav",
        "",
    ],
)
def test_any_other_address_is_not_asked(address: str) -> None:
    with pytest.raises(NotPlayable):
        check_address(address, lirax_url=LIRAX)


@pytest.mark.parametrize(
    ("found", "is_own", "port", "lirax_url"),
    [
        (["93.184.216.34"], False, 443, LIRAX),
        (["2606:2800:220:1:248:1893:25c8:1946"], False, 443, LIRAX),
        (["10.0.0.5"], True, 80, INSIDE),  # an exchange in our own network
        (["127.0.0.1"], True, 8482, HERE),  # the simulator
        (["93.184.216.34", "93.184.216.35"], False, 443, LIRAX),
    ],
)
def test_a_public_host_is_asked_and_an_exchange_inside(
    found: list[str], is_own: bool, port: int, lirax_url: str
) -> None:
    assert check_resolved(found, is_own=is_own, port=port, lirax_url=lirax_url) == found[0]


@pytest.mark.parametrize(
    ("found", "is_own", "port", "lirax_url"),
    [
        (["127.0.0.1"], False, 443, LIRAX),
        (["10.0.0.7"], False, 443, INSIDE),
        (["192.168.1.1"], False, 443, LIRAX),
        (["169.254.169.254"], False, 80, LIRAX),
        (["169.254.169.254"], True, 80, "http://169.254.169.254/general"),
        (["0.0.0.0"], True, 80, "http://0.0.0.0/general"),
        (["::1"], False, 443, LIRAX),
        (["::ffff:127.0.0.1"], False, 443, LIRAX),
        (["2002:7f00:1::"], False, 443, LIRAX),
        (["fe80::1%eth0"], False, 443, LIRAX),
        (["93.184.216.34", "127.0.0.1"], False, 443, LIRAX),  # a name that stands for both
        (["127.0.0.1"], True, 6379, HERE),  # another service of this machine
        ([], False, 443, LIRAX),
    ],
)
def test_nothing_inside_our_network_is_asked(
    found: list[str], is_own: bool, port: int, lirax_url: str
) -> None:
    with pytest.raises(NotPlayable):
        check_resolved(found, is_own=is_own, port=port, lirax_url=lirax_url)
