import pytest


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Every story of the client is played on both loops: the server runs on uvloop, a command does not."""
    return "asyncio", {"use_uvloop": request.param}
