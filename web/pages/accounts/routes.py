"""The doors of accounts' pages: everybody who is signed in may look, only administrators change anything."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from campaigns.problems import WrongInput
from engine.accounts.environment import set_by_environment
from engine.commands import accounts as commands
from engine.errors import Conflict
from web.accounts import account_shown, accounts_shown
from web.pages.accounts.sections import Values, render_sections
from web.pages.accounts.writing import NEW, fields_written, values_of
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to

viewer_router = APIRouter(route_class=PageRoute)
admin_router = APIRouter(route_class=PageRoute)

Name = Annotated[str, Path(max_length=40)]
ACTIONS = {
    "close": commands.close_account,
    "reopen": commands.reopen_account,
    "finish-rotation": commands.finish_rotation,
}


@viewer_router.get("/accounts")
async def list_accounts(visit: Here) -> Response:
    return visit.page("accounts/list.html", accounts=await accounts_shown(visit.house))


@admin_router.get("/accounts/new")
async def show_form(visit: Here) -> Response:
    return visit.page("accounts/new.html", fields=NEW, problems={}, fixed={}, account=None)


@admin_router.post("/accounts")
async def add(visit: Here) -> Response:
    form = visit.form.fields
    try:
        added = await commands.add_account(visit.house, form.get("name", ""), values_of(form, fixed={}))
    except WrongInput as error:
        return _form_again(visit, _by_field(error), status=422)
    except Conflict as error:
        return _form_again(visit, {"name": str(error)}, status=409)
    more: dict[str, Values] = {"webhooks": {"new_key": added.webhook_token}}
    return await account_page(visit, form.get("name", ""), more=more, status=201)


@viewer_router.get("/accounts/{name}")
async def show_account(visit: Here, name: Name) -> Response:
    return await account_page(visit, name)


@admin_router.post("/accounts/{name}")
async def change(visit: Here, name: Name) -> Response:
    form = visit.form.fields
    fixed = set_by_environment(name, visit.house.settings)
    try:
        await commands.change_account(visit.house, name, values_of(form, fixed=fixed))
    except WrongInput as error:
        again = {"fields": fields_written(form), "problems": _by_field(error)}
        return await account_page(visit, name, more={"settings": again}, status=422)
    return go_to(f"/accounts/{name}")


@admin_router.post("/accounts/{name}/rotate-webhook")
async def rotate(visit: Here, name: Name) -> Response:
    """The new key stands on this one page and is never shown again."""
    made = await commands.rotate_webhook(visit.house, name)
    return await account_page(visit, name, more={"webhooks": {"new_key": made}})


@admin_router.post("/accounts/{name}/{action}")
async def act(visit: Here, name: Name, action: Literal["close", "reopen", "finish-rotation"]) -> Response:
    try:
        await ACTIONS[action](visit.house, name)
    except Conflict as error:
        return await account_page(visit, name, notice=_sentence(str(error)), status=409)
    return go_to(f"/accounts/{name}")


async def account_page(
    visit: Visit,
    name: str,
    *,
    more: dict[str, Values] | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    """The whole page; other rooms' forms answer with it too, with a notice of what went wrong."""
    account = await account_shown(visit.house, name)
    sections = await render_sections(visit, account, more=more)
    return visit.page("accounts/show.html", status=status, account=account, sections=sections, notice=notice)


def _form_again(visit: Visit, problems: dict[str, str], *, status: int) -> Response:
    form = visit.form.fields
    fields = {"name": form.get("name", ""), **fields_written(form)}
    return visit.page(
        "accounts/new.html", status=status, fields=fields, problems=problems, fixed={}, account=None
    )


def _by_field(error: WrongInput) -> dict[str, str]:
    return {problem.field or "": problem.message for problem in error.problems}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
