"""The simulator of the browser tests: `python -m tests.browser.simulating ADDRESS_FILE`."""

import asyncio
import sys
from pathlib import Path

from engine.lirax.simulator.serve import serve_simulator


async def serve(address: Path) -> None:
    await serve_simulator(
        host="127.0.0.1",
        port=0,
        webhook_url=None,
        token="key",
        webhook_token="hook",
        options={"recordings": "at_once", "window_end": "inclusive_hour"},
        started=lambda server: (address.write_text(server.base_url), None)[1],
    )


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
