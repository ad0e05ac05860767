"""Every figure, one table: `make bench`. Some minutes; `python -m tests.bench cycle page` runs only those.

Rates and times are those of this machine at this hour; ratios and the moved clock hold elsewhere too.
"""

import argparse
from collections.abc import Iterator

from tests.bench import agents, busy_lines, claiming, cycling, importing, paging, receiving
from tests.bench.table import Figure, show

PARTS = {
    "import": importing.figures,
    "claims": claiming.figures,
    "cycle": cycling.figures,
    "lines": busy_lines.figures,
    "agents": agents.figures,
    "page": paging.figures,
    "intake": receiving.figures,
}


def chosen(names: list[str]) -> Iterator[Figure]:
    for name in names:
        yield from PARTS[name]()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all when left out")
    asked = parser.parse_args().part
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    show(chosen(asked or list(PARTS)))


if __name__ == "__main__":
    main()
