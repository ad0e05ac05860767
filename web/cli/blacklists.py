"""`dzvin blacklist`: LiraX's own blacklists, of IP addresses and of phone numbers."""

from urllib.parse import quote

import typer

from web.cli.entering import through_door
from web.cli.talking import answer, answer_json

app = typer.Typer(no_args_is_help=True, help="LiraX's own blacklists of IP addresses and phone numbers.")
ips = typer.Typer(no_args_is_help=True, help="IP addresses that LiraX turns away.")
phones = typer.Typer(
    no_args_is_help=True, help="Numbers that LiraX turns away; `dzvin suppress` keeps and joins ours."
)

ACCOUNT = typer.Option("default", "--account", help="Of which LiraX account.")
ADDRESS = typer.Argument(help="An IPv4 address; leading zeros are allowed.", metavar="IP")
AS_JSON = typer.Option(False, "--json", help="Print what the API answers.")


def add_to(parent: typer.Typer) -> None:
    app.add_typer(ips, name="ip")
    app.add_typer(phones, name="phone")
    parent.add_typer(app, name="blacklist", rich_help_panel="LiraX")


@ips.command("list")
def list_ips(account: str = ACCOUNT, as_json: bool = AS_JSON) -> None:
    """Every address on the list, one a line, as LiraX writes it."""
    _list(account, "ips", as_json=as_json)


@ips.command("add")
def add_ip(ip: str = ADDRESS, account: str = ACCOUNT) -> None:
    """Put an address on the list; on it already is fine."""
    made = through_door(lambda door: door.post(_path(account, "ips"), {"ip": ip}))
    answer(f"{made['ip']} is on the blacklist of the LiraX account {account}")


@ips.command("remove")
def remove_ip(ip: str = ADDRESS, account: str = ACCOUNT) -> None:
    """Take an address off the list, however LiraX writes it."""
    through_door(lambda door: door.delete(f"{_path(account, 'ips')}/{quote(ip, safe='')}"))
    answer(f"{ip} is off the blacklist of the LiraX account {account}")


@phones.callback()
def _phones() -> None:
    """Numbers that LiraX turns away."""


@phones.command("list")
def list_phones(account: str = ACCOUNT, as_json: bool = AS_JSON) -> None:
    """Every number on the list, one a line, as LiraX writes it."""
    _list(account, "phones", as_json=as_json)


def _list(account: str, kind: str, *, as_json: bool) -> None:
    found = through_door(lambda door: door.get(_path(account, kind)))
    if as_json:
        answer_json(found)
        return
    for written in found["items"]:
        answer(written)


def _path(account: str, kind: str) -> str:
    return f"/api/v1/accounts/{quote(account, safe='')}/blacklist/{kind}"
