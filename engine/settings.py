"""The settings: one frozen object, read once at start (contract, section 2)."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from dotenv.parser import parse_stream

from campaigns.problems import Problem, WrongInput
from campaigns.rules.keeping import LEAST_OF_CALLS, Keeping
from engine.setting_values import READERS, SECRETS, SHORTEST_KEY

PREFIX = "DZVIN_"


@dataclass(frozen=True)
class Settings:
    """What the environment asks for; `read_settings` makes it. Field names are those of `.env.example`."""

    database_url: str = dataclasses.field(default="sqlite:///dzvin.db", repr=False)  # may hold a password
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str | None = dataclasses.field(default=None, repr=False)
    lirax_url: str = "https://lira.voip.com.ua:8482/general"
    lirax_token: str | None = dataclasses.field(default=None, repr=False)
    webhook_token: str | None = dataclasses.field(default=None, repr=False)
    account_timezone: str = "Europe/Kyiv"
    lines: int = 10
    history_url: str | None = None
    history_login: str | None = None
    history_password: str | None = dataclasses.field(default=None, repr=False)
    lirax_timeout: timedelta = timedelta(seconds=20)
    ambiguity_wait: timedelta = timedelta(minutes=10)
    max_call: timedelta = timedelta(minutes=15)
    unknown_after: timedelta = timedelta(hours=24)
    min_gap: timedelta = timedelta(minutes=15)
    sms_interval: timedelta = timedelta(seconds=5)
    keep_webhooks: timedelta | None = timedelta(days=30)  # None: for ever
    keep_recordings: timedelta | None = timedelta(days=90)
    keep_calls: timedelta | None = timedelta(days=400)
    callback_allow: tuple[str, ...] = ()
    spool: Path | None = None  # where webhooks wait while the database is away; None: see `spool_folder`
    warnings: tuple[str, ...] = ()  # what to tell at start, though it stops nothing; no key of its own

    @property
    def unclear_until(self) -> timedelta:
        """How long after its request an attempt may stay unclear (contract, section 2)."""
        return max(self.ambiguity_wait, self.max_call)

    @property
    def keeping(self) -> Keeping:
        """Nothing goes that the shortest time between two calls still needs."""
        least = max(LEAST_OF_CALLS, self.min_gap + self.unclear_until + self.unknown_after)
        return Keeping(self.keep_webhooks, self.keep_recordings, self.keep_calls, least)

    def on_port(self, port: int) -> "Settings":
        """The same once the port is really taken: `DZVIN_PORT=0` learns its public address here."""
        if self.public_url != address_of(self.host, self.port):
            return replace(self, port=port)
        return replace(self, port=port, public_url=address_of(self.host, port))


class Found(NamedTuple):
    """A value as it stands in the environment, or in a file with its line."""

    text: str
    file: str | None = None
    line: int | None = None


def key_names() -> dict[str, str]:
    """DZVIN_ name → field, in the order of `Settings`."""
    return {PREFIX + field.name.upper(): field.name for field in fields(Settings) if field.name in READERS}


def address_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def read_settings(
    environ: Mapping[str, str], *, directory: Path, only: Collection[str] | None = None
) -> Settings:
    """The settings of `environ`, over those of `.env` in `directory`; an empty value counts as left out.

    `only` are the names to heed where not all are. Raises WrongInput naming every wrong key at once: what was
    read, what is expected.
    """
    problems: list[Problem] = []
    found = {**_read_file(directory / ".env", problems=problems), **_of_environment(environ)}
    if only is not None:
        found = {name: value for name, value in found.items() if name in only}
    values: dict[str, Any] = {}
    for name, field in key_names().items():
        if name in found and found[name].text:
            _read_value(name, found[name], values=values, field=field, problems=problems)
    if _lacks_secret_key(values, found):
        expected = f"with PostgreSQL it is required: any text of at least {SHORTEST_KEY} characters"
        problems.append(Problem(f"is not set; {expected}", field="DZVIN_SECRET_KEY"))
    if problems:
        raise WrongInput(*problems)
    settings = Settings(**values, warnings=tuple(_warnings(values, found)))
    if "public_url" not in values:
        settings = replace(settings, public_url=address_of(settings.host, settings.port))
    return settings


def _of_environment(environ: Mapping[str, str]) -> dict[str, Found]:
    return {name: Found(text.strip()) for name, text in environ.items() if name.startswith(PREFIX)}


def _read_file(path: Path, *, problems: list[Problem]) -> dict[str, Found]:
    if not path.exists():
        return {}
    found = {}
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(f"the file cannot be read as UTF-8 text: {error}", file=path.name))
        return {}
    for binding in bindings:
        line = binding.original.line
        if binding.error:
            problems.append(Problem("expected a line such as DZVIN_PORT=8000", file=path.name, line=line))
        elif binding.key is not None and binding.key.startswith(PREFIX):
            found[binding.key] = Found((binding.value or "").strip(), path.name, line)
    return found


def _read_value(
    name: str, found: Found, *, values: dict[str, Any], field: str, problems: list[Problem]
) -> None:
    try:
        values[field] = READERS[field](found.text)
    except ValueError as error:
        read = f"a text of {len(found.text)} characters" if field in SECRETS else repr(found.text)
        if field == "database_url":
            read = repr(_without_password(found.text))
        message = f"read {read}, expected {error}"
        problems.append(Problem(message, field=name, file=found.file, line=found.line))


def _without_password(url: str) -> str:
    """The address as it may be shown: whatever stands before the last @ is hidden."""
    scheme, separator, rest = url.partition("://")
    credentials, at, place = rest.rpartition("@")
    return f"{scheme}{separator}***@{place}" if at and credentials else url


def _lacks_secret_key(values: Mapping[str, Any], found: Mapping[str, Found]) -> bool:
    given = bool(found.get("DZVIN_SECRET_KEY", Found("")).text)
    return str(values.get("database_url", "")).startswith("postgresql:") and not given


def _warnings(values: Mapping[str, Any], found: Mapping[str, Found]) -> Iterator[str]:
    known = list(key_names())
    for name in found:
        if name not in known:
            nearest = get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            yield f"{name} is not a setting of dzvin and is ignored{hint}"
    lacking = [key for key in ("history_login", "history_password") if key not in values]
    if "history_url" in values and lacking:
        names = " and ".join(PREFIX + key.upper() for key in lacking)
        yield f"DZVIN_HISTORY_URL is set without {names}: call history is not consulted"
