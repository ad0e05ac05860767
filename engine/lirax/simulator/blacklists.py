"""Commands about the two blacklists (C33, C34)."""

import re
from collections.abc import Mapping
from datetime import datetime

from engine.lirax.simulator.answers import DONE, REFUSED, Answer
from engine.lirax.simulator.exchange import Exchange

LEADING_ZEROS = re.compile(r"(?<![0-9A-Fa-f])0+(?=[0-9])")


def add_black_phone(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return _blacken(exchange, exchange.directory.black_phones, fields["phone"])


def delete_black_phone(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return _whiten(exchange, exchange.directory.black_phones, fields["phone"])


def list_black_phones(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return Answer(body={"blacklist": list(exchange.directory.black_phones)})


def add_black_ip(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    ip = fields["IP"]
    if exchange.options.ip_leading_zeros == "reject" and LEADING_ZEROS.search(ip):
        return REFUSED
    if exchange.options.ip_leading_zeros == "strip":
        ip = LEADING_ZEROS.sub("", ip)
    return _blacken(exchange, exchange.directory.black_ips, ip)


def delete_black_ip(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    plain = LEADING_ZEROS.sub("", fields["IP"])
    listed = exchange.directory.black_ips
    same = next((ip for ip in listed if LEADING_ZEROS.sub("", ip) == plain), fields["IP"])
    return _whiten(exchange, listed, same)


def list_black_ips(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return Answer(body={"blacklist": list(exchange.directory.black_ips)})


def _blacken(exchange: Exchange, listed: list[str], entry: str) -> Answer:
    if entry in listed:
        return Answer(exchange.options.blacklist_duplicate_code)
    listed.append(entry)
    return DONE


def _whiten(exchange: Exchange, listed: list[str], entry: str) -> Answer:
    if entry not in listed:
        return Answer(exchange.options.blacklist_missing_code)
    listed.remove(entry)
    return DONE
