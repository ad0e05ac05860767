"""Who is looking, and how pages answer them. `gate` makes a visit; no page is made without one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from campaigns.rules.vocabulary import Role
from campaigns.store.sessions import OpenSession
from engine.house import House
from web.pages.desk import Desk
from web.pages.forms import Form

SEE_OTHER = 303
RANK = {Role.VIEWER: 0, Role.MARKETER: 1, Role.ADMIN: 2}


@dataclass(frozen=True)
class Visit:
    """A request of somebody signed in, let in by the gate; `form` is what an unsafe request brought."""

    request: Request
    desk: Desk
    session: OpenSession
    form: Form
    now: datetime

    @property
    def house(self) -> House:
        return self.desk.house

    @property
    def may_operate(self) -> bool:
        return may(self.session.role, Role.MARKETER)

    @property
    def is_admin(self) -> bool:
        return may(self.session.role, Role.ADMIN)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        here = {
            "user": self.session,
            "form_token": self.session.form_token,
            "may_operate": self.may_operate,
            "is_admin": self.is_admin,
            "now": self.now,
            "path": self.request.url.path,
        }
        text = self.desk.templates.get_template(template).render({**here, **values})
        return HTMLResponse(text, status_code=status)


def may(role: Role, needed: Role) -> bool:
    return RANK[role] >= RANK[needed]


def go_to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=SEE_OTHER)


def _visit(request: Request) -> Visit:
    visit = request.state.visit
    assert isinstance(visit, Visit)
    return visit


def _desk(request: Request) -> Desk:
    desk = request.state.desk
    assert isinstance(desk, Desk)
    return desk


Here = Annotated[Visit, Depends(_visit)]
"""The visit of the request, for pages behind the gate."""

OpenDesk = Annotated[Desk, Depends(_desk)]
"""For the few pages that need nobody signed in."""
