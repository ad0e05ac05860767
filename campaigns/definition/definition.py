"""A definition: from the text somebody wrote to the policy the engine works by."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn

from campaigns.definition.columns import columns_needed, columns_of_consent, consent_texts
from campaigns.definition.decoding import decode
from campaigns.definition.fields import read_line
from campaigns.definition.json_tree import read_json
from campaigns.definition.listing import Row, read_recipients
from campaigns.definition.named import Named, named_in
from campaigns.definition.policy_building import DEFINITION_KEYS, STORED_KEYS, build_policy
from campaigns.definition.reading import Findings, Place, Section, open_section, shown
from campaigns.definition.remarks import remarks
from campaigns.definition.surroundings import Origin, Surroundings, find_beside
from campaigns.definition.terms import AccountTerms, terms_problems
from campaigns.definition.tree import (
    Blank,
    Entries,
    Entry,
    Node,
    Scalar,
    Unreadable,
    as_document,
    from_document,
    line_of,
)
from campaigns.definition.yaml_tree import read_yaml
from campaigns.problems import Problem, WrongInput
from campaigns.rules.policy import Policy
from campaigns.texts import column_name

BUILT_IN = frozenset({"phone", "external_id"})  # every recipient has these
LARGEST_TEXT = 20_000_000  # bytes, recipients written into it included
LARGEST_DOCUMENT = 1_000_000  # bytes, without them


@dataclass(frozen=True)
class Definition:
    """A definition that was read and found good.

    `document` is what was written, without recipients, as plain JSON values; `policy_of` makes the same
    policy from it. `fingerprint` is its SHA-256, alike for YAML and JSON. `notes` are sentences on what a
    person may not expect. `named` are the extensions and deal stages that LiraX should have.
    """

    document: dict[str, Any]
    recipients: Path | list[Row] | None
    play_file: Path | None
    phone_column: str | None
    fingerprint: str
    policy: Policy
    notes: tuple[str, ...]
    named: tuple[Named, ...] = ()


def read_definition(
    text: str | bytes,
    *,
    file: str | None,
    form: Literal["yaml", "json"],
    beside: Path | None,
    account_timezone: str,
    today: date,
    accounts: Mapping[str, AccountTerms] | None = None,
    account: str | None = None,
) -> Definition:
    """The definition in `text`. Raises WrongInput with every problem it has.

    `accounts` are all there are, and the definition keeps to the terms of the one it names; where they are
    not known, any name will do and `account_timezone` is its zone. `account` was chosen beside the text, and
    counts as written in it. `file` is the definition's name in problems; `beside` is the folder of the files
    it names, None over the API, where it may name none. It is pure work: on the event loop, large texts
    belong into a thread.
    """
    definition, problems = survey_definition(
        text,
        file=file,
        form=form,
        beside=beside,
        account_timezone=account_timezone,
        today=today,
        accounts=accounts,
        account=account,
    )
    if problems:
        raise WrongInput(*problems)
    return definition


def survey_definition(
    text: str | bytes,
    *,
    file: str | None,
    form: Literal["yaml", "json"],
    beside: Path | None,
    account_timezone: str,
    today: date,
    accounts: Mapping[str, AccountTerms] | None = None,
    account: str | None = None,
) -> tuple[Definition, list[Problem]]:
    """As `read_definition`, with what could be read beside the problems: enough to look at its list too.

    Raises WrongInput where there is no definition to look at.
    """
    findings = Findings(file)
    root = _with_account(_tree(text, file=file, form=form), account, findings=findings)
    surroundings = Surroundings(
        Origin.FILE if beside else Origin.API, beside, account_timezone, accounts or {}, today
    )
    section = _open(root, findings)
    policy = build_policy(section, surroundings)
    listed = section.get("recipients")
    recipients = None if listed is None else read_recipients(listed, surroundings)
    phone_column = section.read("phone_column", read_line, otherwise=None)
    if isinstance(recipients, list):
        _check_columns(policy, recipients, root=root, findings=findings)
    named = named_in(root, file=file)
    if accounts is not None:
        for field, message in terms_problems(policy, named, accounts):
            findings.add(message, field=field, line=line_of(root, field))
    document = _document(root, findings)
    problems = findings.problems()
    definition = Definition(
        document=document,
        recipients=recipients,
        play_file=None if problems else _play_file(section, policy, beside=beside),
        phone_column=phone_column,
        fingerprint=hashlib.sha256(_canonical(document)).hexdigest(),
        policy=policy,
        notes=()
        if problems
        else remarks(policy, section, today=today, from_file=beside is not None, accounts=accounts),
        named=named,
    )
    return definition, problems


def policy_of(document: Mapping[str, Any], *, account_timezone: str) -> Policy:
    """The policy of a stored `Definition.document`. Raises WrongInput where it is none."""
    findings = Findings(None)
    section = _open(from_document(document), findings, known=STORED_KEYS)
    policy = build_policy(section, Surroundings(Origin.STORED, None, account_timezone))
    findings.raise_if_any()
    return policy


def _tree(text: str | bytes, *, file: str | None, form: Literal["yaml", "json"]) -> Node:
    try:
        decoded = decode(text, most=LARGEST_TEXT)
        return read_yaml(decoded) if form == "yaml" else read_json(decoded)
    except Unreadable as error:
        raise WrongInput(Problem(str(error), file=file, line=error.line)) from error


def _with_account(root: Node, account: str | None, *, findings: Findings) -> Node:
    if account is None or not isinstance(root, Entries):
        return root
    written = [entry for entry in root.entries if entry.key == "account"]
    for entry in written:
        if isinstance(entry.node, Scalar) and entry.node.text.strip() != account:
            told = f"names {shown(entry.node.text)}, while the account {shown(account)} was chosen for it"
            findings.add(told, field="account", line=entry.line)
    chosen = Entry("account", Scalar(account), root.line)
    return root if written else Entries((*root.entries, chosen), root.line)


def _open(root: Node, findings: Findings, *, known: Sequence[str] = DEFINITION_KEYS) -> Section:
    place = Place(root, "", root.line, findings)
    if isinstance(root, Blank):
        findings.add("the definition is empty", field=None, line=None)
    section = None if isinstance(root, Blank) else open_section(place, known)
    if section is None:
        _give_up(findings)
    return section


def _give_up(findings: Findings) -> NoReturn:
    findings.raise_if_any()
    raise AssertionError("a definition that cannot be opened has a problem")


def _check_columns(policy: Policy, rows: list[Row], *, root: Node, findings: Findings) -> None:
    """Inline recipients of which none has a column that texts use; files are checked when they are read."""
    if not rows:
        return
    there = {column_name(header) for header in {header for row in rows for header in row}} | BUILT_IN
    for column, field in {**columns_of_consent(consent_texts(policy)), **columns_needed(policy)}.items():
        if column not in there:
            message = (
                f"uses {{{{ {column} }}}}, which no recipient has; they have: {', '.join(sorted(there))}"
            )
            findings.add(message, field=field, line=line_of(root, field))


def _document(root: Node, findings: Findings) -> dict[str, Any]:
    entries = root.entries if isinstance(root, Entries) else ()
    document = as_document(Entries(tuple(entry for entry in entries if entry.key != "recipients")))
    assert isinstance(document, dict)
    size = len(_canonical(document))
    if size > LARGEST_DOCUMENT:
        told = (
            f"the definition has {size} bytes without its recipients, at most {LARGEST_DOCUMENT} are allowed"
        )
        findings.add(told, field=None, line=None)
    return document


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def _play_file(section: Section, policy: Policy, *, beside: Path | None) -> Path | None:
    place = section.get("call")
    play = policy.call.play
    if place is None or play is None or beside is None or "://" in play:
        return None
    return find_beside(place, play, beside=beside)
