"""An account's fields as a form shows them, and what a form brings back as the values of a command."""

from collections.abc import Mapping

from engine.accounts.values import CAPS
from web.accounts import AccountShown

SECRETS = {"token": "lirax_key", "history_password": "history_password"}
"""By field, its name in a form: there `token` is the form's own. Left empty it stays; it is never shown."""

TEXTS = ("url", "timezone", "lines", "history_url", "history_login")
LISTS = ("extensions", "modems")
NEW = {"url": "https://lira.voip.com.ua:8482/general", "timezone": "Europe/Kyiv", "lines": "10"}


def written(account: AccountShown) -> dict[str, str]:
    """Every field but the secrets, as text."""
    return {
        "url": account.url,
        "timezone": account.timezone,
        "lines": str(account.lines),
        "extensions": ", ".join(account.extensions or ()),
        "modems": ", ".join(account.modems or ()),
        "history_url": account.history_url or "",
        "history_login": account.history_login or "",
        "push_suppressions": "yes" if account.push_suppressions else "",
        "caps.per_day": str(account.caps.per_day or ""),
        "caps.per_week": str(account.caps.per_week or ""),
    }


def fields_written(form: Mapping[str, str]) -> dict[str, str]:
    """What the person wrote, to show it again beside what is wrong with it; no secret."""
    return {name: form.get(name, "") for name in (*TEXTS, *CAPS, *LISTS, "push_suppressions")}


def values_of(form: Mapping[str, str], *, fixed: Mapping[str, str]) -> dict[str, object]:
    """Values for `add_account` or `change_account`, without those that the environment sets."""
    values: dict[str, object] = {name: form[name].strip() for name in (*TEXTS, *CAPS) if name in form}
    values |= {name: _list(form[name]) for name in LISTS if name in form}
    values |= {name: form[written] for name, written in SECRETS.items() if form.get(written)}
    values["push_suppressions"] = bool(form.get("push_suppressions"))
    return {name: value for name, value in values.items() if name not in fixed}


def _list(text: str) -> list[str] | None:
    """Numbers with commas between them; nothing at all means any."""
    numbers = [number.strip() for number in text.replace("\n", ",").split(",") if number.strip()]
    return numbers or None
