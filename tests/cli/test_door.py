"""What a command says when the server could not do it."""

import httpx

from engine.errors import CannotDo
from web.cli.door import error_of


def test_a_fault_of_ours_names_the_request_that_the_log_tells_of() -> None:
    said = {"detail": "Something went wrong.", "request_id": "6e63d44d6fbd6a0d"}
    error = error_of(httpx.Response(500, json=said))
    assert isinstance(error, CannotDo)
    assert str(error) == "Something went wrong. It is 6e63d44d6fbd6a0d."
    assert str(error_of(httpx.Response(503, json=said))) == "Something went wrong."
