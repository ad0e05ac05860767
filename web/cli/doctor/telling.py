"""How findings are told: a line each, the account named where there are several; or as JSON."""

from collections.abc import Sequence

from web.cli.doctor.findings import Finding
from web.cli.talking import answer, answer_json


def tell_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        answer_json(
            [
                {"part": each.name, "state": each.state.value, "says": each.says, "account": each.account}
                for each in findings
            ]
        )
        return
    several = len({each.account for each in findings if each.account is not None}) > 1
    for each in findings:
        whose = f"{each.account}: " if several and each.account is not None else ""
        answer(f"{each.state.value:<8} {each.name:<10} {whose}{each.says}")
