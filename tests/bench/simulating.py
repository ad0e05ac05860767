"""The simulator in a process of its own: `python -m tests.bench.simulating WEBHOOK_URL`; prints its port."""

import argparse
import asyncio

from engine.lirax.simulator.serve import serve_simulator
from tests.bench.filling import TOKEN, WEBHOOK_TOKEN

SPEED = 10.0  # phones ring and talk so many times faster


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("webhook_url")
    serving = serve_simulator(
        host="127.0.0.1",
        port=0,
        webhook_url=parser.parse_args().webhook_url,
        token=TOKEN,
        webhook_token=WEBHOOK_TOKEN,
        speed=SPEED,
        started=lambda server: print(server.port, flush=True),
    )
    asyncio.run(serving)


if __name__ == "__main__":
    main()
