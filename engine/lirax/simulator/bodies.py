"""How an answer is written on the wire: bodies, ids and content type as options have them (C5-C9)."""

import json
from typing import Any

from starlette.responses import Response

from engine.lirax.simulator.answers import INVALID_TOKEN, OK, Answer
from engine.lirax.simulator.options import Options

ID_NAMES = frozenset(
    {"id_makecall", "id_make2calls", "id_deal", "id_sms", "sms_status", "id", "stage", "status", "blacklist"}
)


def write_answer(answer: Answer, options: Options) -> Response:
    return Response(
        _body(answer, options),
        status_code=answer.code,
        headers={"Content-Type": options.response_content_type},
    )


def _body(answer: Answer, options: Options) -> str:
    if answer.code != OK:
        return _error_body(answer.code, options)
    if answer.body is None:
        return "" if options.ok_body == "empty" else options.ok_body
    return json.dumps(restyle(answer.body, options), ensure_ascii=False)


def _error_body(code: int, options: Options) -> str:
    sentence = "Invalid token" if code == INVALID_TOKEN else "Invalid parameters"
    return {"empty": "", "json": json.dumps({"error": sentence}), "text": sentence}[options.error_body]


def restyle(body: dict[str, Any], options: Options) -> dict[str, Any]:
    """The same body with its ids quoted or bare, as `id_style` says."""
    if options.id_style == "documented":
        return body
    as_number = options.id_style == "all_numbers"
    return {name: _restyled(name, value, as_number=as_number) for name, value in body.items()}


def _restyled(name: str, value: Any, *, as_number: bool) -> Any:
    if isinstance(value, list):
        return [_restyled(name, item, as_number=as_number) for item in value]
    if isinstance(value, dict):
        return {inner: _restyled(inner, item, as_number=as_number) for inner, item in value.items()}
    if name not in ID_NAMES:
        return value
    if as_number:
        return int(value) if str(value).isdigit() else value
    return str(value)
