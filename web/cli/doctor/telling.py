"""How findings are told: a line each, the account named where there are several; or as JSON."""

from collections.abc import Sequence

import typer

from engine.settings import Settings
from web.cli.doctor.findings import Finding
from web.cli.doctor.ordering import LiveOrder
from web.cli.ending import perform
from web.cli.talking import answer, answer_json


def tell_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        answer_json([_as_json(each) for each in findings])
        return
    several = len({each.account for each in findings if each.account is not None}) > 1
    for each in findings:
        whose = f"{each.account}: " if several and each.account is not None else ""
        answer(f"{each.state.value:<8} {each.name:<10} {whose}{each.says}")


def tell_live(settings: Settings, order: LiveOrder, *, yes: bool, as_json: bool) -> Sequence[Finding]:
    """Asks first, since a phone will ring. Nothing is on standard output but the findings."""
    from web.cli.doctor.live import call_live

    if not yes:
        typer.confirm(
            f"This really calls {order.phone}. Is it your own phone, and may it ring?", abort=True, err=True
        )
    result = perform(call_live(settings, order))
    if as_json:
        answer_json(
            {
                "call": result.call,
                "capabilities": result.shown.as_json(),
                "findings": [_as_json(each) for each in result.findings],
            }
        )
    else:
        tell_findings(result.findings, as_json=False)
    return result.findings


def _as_json(finding: Finding) -> dict[str, str | None]:
    return {
        "part": finding.name,
        "state": finding.state.value,
        "says": finding.says,
        "account": finding.account,
    }
