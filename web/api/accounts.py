"""`/api/v1/accounts`: LiraX accounts. Secrets go in and never come out; answers say that they are there."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from campaigns.definition.caps import CAPS_KEYS
from campaigns.moments import utc_text
from engine.commands import accounts as commands
from engine.house import House
from web.accounts import AccountShown, account_shown, accounts_shown
from web.api.bodies import described, read_model
from web.api.entry import Here
from web.api.lists import Paged, page
from web.api.shapes import Page, answer

routes = APIRouter(tags=["accounts"])

URL = "https://lira.voip.com.ua:8482/general"


def _as(kind: Any, says: str, example: Any, *, default: object = None, **more: Any) -> Any:
    """A field for the description; `engine.accounts.values` reads it, and names what is wrong with it."""
    return Field(
        default, json_schema_extra={"type": kind, "description": says, "examples": [example], **more}
    )


_TEXT, _LIST = ["string", "null"], ["array", "null"]
_DIGITS = {"items": {"type": "string"}}
_URL_SAYS = "The address that takes commands; https, or http on loopback."


class AccountFields(BaseModel):
    """Only what is given is changed."""

    model_config = ConfigDict(extra="forbid")
    url: Any = _as("string", _URL_SAYS, URL)
    token: Any = _as(_TEXT, "The key of commands.", "key", writeOnly=True)
    webhook_token: Any = _as(_TEXT, "The key LiraX sends us; left out, one is made.", "key", writeOnly=True)
    timezone: Any = _as("string", "IANA name.", "Europe/Kyiv")
    lines: Any = _as("integer", "Calls at once, over all campaigns.", 10, minimum=1)
    extensions: Any = _as(_LIST, "Extensions campaigns may use; null: any.", ["101", "102"], **_DIGITS)
    modems: Any = _as(_LIST, "SIM numbers of GSM modems; null: any.", ["380671234567"], **_DIGITS)
    history_url: Any = _as(_TEXT, "Base address of the call history.", "https://history.example.com")
    history_login: Any = _as(_TEXT, "Its login.", "dzvin")
    history_password: Any = _as(_TEXT, "Its password.", "password", writeOnly=True)
    push_suppressions: Any = _as(
        "boolean", "Whether LiraX's blacklist is told of our do-not-call list.", False
    )

    caps: Any = _as(
        ["object", "null"],
        "How often one number may be called, over all campaigns; only the caps given are changed.",
        {"per_day": 1, "per_week": 3},
        properties={name: {"type": ["integer", "null"], "minimum": 1} for name in CAPS_KEYS},
        additionalProperties=False,
    )


class NewAccount(AccountFields):
    """`name` is what definitions call it in `account`."""

    name: str = Field(examples=["shop"])
    url: Any = _as("string", _URL_SAYS, URL, default=...)


class Rotation(BaseModel):
    """`finish` ends the old key; without it a new key is made, and both are good."""

    model_config = ConfigDict(extra="forbid")
    finish: bool = False


class Caps(BaseModel):
    """Calls to one number over all campaigns; null for no limit."""

    per_day: int | None
    per_week: int | None


class UsedModem(BaseModel):
    number: str
    trouble: str | None


class Account(BaseModel):
    """`hold` is why nothing goes out; `from_environment` names the variable of what can only be set there."""

    id: int
    name: str = Field(examples=["shop"])
    state: str = Field(examples=["open"])
    url: str = Field(examples=[URL])
    timezone: str = Field(examples=["Europe/Kyiv"])
    lines: int
    lines_busy: int
    campaigns_running: int
    extensions: list[str] | None
    modems: list[str] | None
    used_modems: list[UsedModem]
    history_url: str | None
    history_login: str | None
    push_suppressions: bool
    caps: Caps
    has_token: bool
    has_webhook_token: bool
    has_next_webhook_token: bool
    has_history_password: bool
    capabilities: dict[str, Any] | None
    webhook_url: str = Field(examples=["https://dzvin.example.com/lirax/shop"])
    hold: str | None
    last_webhook_at: str | None
    closed_at: str | None
    from_environment: dict[str, str]


class AddedAccount(Account):
    """`webhook_token` is the key to give LiraX, shown this once; null where it was given."""

    webhook_token: str | None


class RotatedAccount(Account):
    """`webhook_token` is the new key, shown this once; null when the rotation was finished."""

    webhook_token: str | None


@routes.get("/accounts", response_model=Page[Account])
async def listed(house: Here, paging: Paged) -> Response:
    """Every LiraX account, the oldest first."""
    found = [each for each in await accounts_shown(house) if each.id > paging.after]
    return answer(page(found[: paging.read], limit=paging.limit, shown=account_body, place=lambda a: a.id))


@routes.post("/accounts", status_code=201, response_model=AddedAccount, openapi_extra=described(NewAccount))
async def add(request: Request, house: Here) -> Response:
    """Add an account; 409 when the name is taken."""
    asked = await read_model(request, NewAccount)
    values = asked.model_dump(exclude_unset=True, exclude={"name"})
    added = await commands.add_account(house, asked.name, values)
    body = account_body(await account_shown(house, asked.name))
    headers = {"Location": f"/api/v1/accounts/{asked.name}"}
    return answer(body | {"webhook_token": added.webhook_token}, 201, headers)


@routes.get("/accounts/{name}", response_model=Account)
async def shown(name: str, house: Here) -> Response:
    """One account: its settings without its secrets, and how it stands."""
    return answer(account_body(await account_shown(house, name)))


@routes.patch("/accounts/{name}", response_model=Account, openapi_extra=described(AccountFields))
async def change(name: str, request: Request, house: Here) -> Response:
    """Change the fields that are given; what the environment sets of `default` is 422."""
    await account_shown(house, name)
    asked = await read_model(request, AccountFields)
    await commands.change_account(house, name, asked.model_dump(exclude_unset=True))
    return answer(account_body(await account_shown(house, name)))


@routes.post("/accounts/{name}/close", response_model=Account)
async def close(name: str, house: Here) -> Response:
    """No new campaigns and no calls through it from now on; 409 when it is closed already."""
    return await _done(name, house, commands.close_account)


@routes.post("/accounts/{name}/reopen", response_model=Account)
async def reopen(name: str, house: Here) -> Response:
    """Let its campaigns call again; 409 when it is not closed."""
    return await _done(name, house, commands.reopen_account)


@routes.post(
    "/accounts/{name}/rotate-webhook", response_model=RotatedAccount, openapi_extra=described(Rotation)
)
async def rotate(name: str, request: Request, house: Here) -> Response:
    """A new key for LiraX's webhooks, good beside the old one until `{"finish": true}` ends that."""
    await account_shown(house, name)
    made = None
    if (await read_model(request, Rotation)).finish:
        await commands.finish_rotation(house, name)
    else:
        made = await commands.rotate_webhook(house, name)
    return answer(account_body(await account_shown(house, name)) | {"webhook_token": made})


async def _done(name: str, house: House, command: Callable[[House, str], Awaitable[None]]) -> Response:
    await command(house, name)
    return answer(account_body(await account_shown(house, name)))


def account_body(account: AccountShown) -> dict[str, Any]:
    standing = account.standing
    as_it_is = (
        *("id", "name", "state", "url", "timezone", "lines", "extensions", "modems", "history_url"),
        *("history_login", "push_suppressions", "has_token", "has_webhook_token", "has_next_webhook_token"),
        *("has_history_password", "capabilities", "webhook_url", "from_environment"),
    )
    return {name: getattr(account, name) for name in as_it_is} | {
        "caps": {name: getattr(account.caps, name) for name in CAPS_KEYS},
        "lines_busy": standing.lines_busy,
        "campaigns_running": standing.running,
        "used_modems": [{"number": modem.number, "trouble": modem.trouble} for modem in standing.modems],
        "hold": standing.hold,
        "last_webhook_at": utc_text(standing.last_webhook_at),
        "closed_at": utc_text(account.closed_at),
    }
