"""The client that speaks to the application, in this process or in another one of this machine."""

import httpx

SECONDS = 60.0
CONNECT_SECONDS = 5.0


def local_client(
    url: str, *, key: str | None, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {key}"},
        transport=transport,
        timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
        trust_env=False,  # a proxy has no business between us and this machine
    )
