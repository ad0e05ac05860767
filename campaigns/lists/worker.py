"""`python -m campaigns.lists.worker BYTES`: reads one list in a process of its own, and says what it found.

A large list must not hold up the engine, and a hostile spreadsheet must not take it down: the memory of
this process is limited, it knows no secrets, and whoever asked only loses a child.
"""

import resource
import sys
from typing import BinaryIO

from campaigns.lists.batches import batches
from campaigns.lists.wire import read_reading, write_batch, write_end, write_wrong
from campaigns.problems import WrongInput

CPU_SECONDS = 3600  # no list takes that long; what does is meant to


def main() -> None:
    memory = int(sys.argv[1])  # bytes of addresses
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    out = sys.stdout.buffer
    try:
        _tell(sys.stdin.buffer.read(), out)
    except BrokenPipeError:
        sys.stderr.close()  # nobody listens any more


def _tell(asked: bytes, out: BinaryIO) -> None:
    try:
        for batch in batches(read_reading(asked)):
            out.write(write_batch(batch))
            out.flush()
        out.write(write_end())
    except WrongInput as wrong:
        out.write(write_wrong(wrong))
    out.flush()


if __name__ == "__main__":
    main()
