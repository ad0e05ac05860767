"""One run of the proof: a house at work, cycle after cycle of trouble, then rest, then the audit."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.killing.audit import audit
from tests.killing.cluster import Cluster
from tests.killing.feeding import BATCH, Feeder
from tests.killing.pausing import Pauses
from tests.killing.site import Site, free_port
from tests.killing.troubles import Troubles
from tests.killing.waiting import wait_until

REST_SECONDS = 180.0  # by then everything unclear must be decided
SAID_EVERY = 10
SHORT_SECONDS, SHORT_BATCH = 12.0, 20


@dataclass(frozen=True)
class Report:
    database: str
    cycles: int
    troubles: Mapping[str, int]
    figures: Mapping[str, int]
    broken: list[str]
    not_played: str | None = None


def prove(
    folder: Path, *, database: str, cycles: int, seed: int, say: Callable[[str], None], in_short: bool = False
) -> Report:
    """`cycles` times kill -9 with other trouble between; nothing is asserted but by the audit.

    In short, it needs no root, its processes are forked from one that has imported what they need, and after
    a moment who is still waiting is called off; nobody is texted and nothing paused.
    """
    folder.chmod(0o755)
    with ExitStack() as leaving:
        cluster = None
        if database == "postgresql":
            (folder / "cluster").mkdir()
            cluster = Cluster(folder / "cluster", port=free_port(), own_disk=not in_short)
        site = Site(folder, cluster=cluster, own_disk=cluster is None and not in_short, forked=in_short)
        leaving.callback(site.leave)
        feeder = Feeder(site, batch=SHORT_BATCH if in_short else BATCH, texts=not in_short)
        troubles = Troubles(site, seed=seed)
        no_disk = site.no_disk if cluster is None else cluster.no_disk
        if no_disk is not None:
            say(no_disk)
        feeder.begin()
        pauses = Pauses(site, [] if in_short else list(feeder.ids.values()), seed=seed)
        troubles.begin()
        pauses.begin()
        for cycle in range(1, cycles + 1):
            troubles.one()
            troubles.kill()
            if cycle % SAID_EVERY == 0:
                say(f"{cycle} of {cycles} cycles, {sum(map(len, feeder.people.values()))} people")
        troubles.end()
        troubles.begin_again_what_ended()
        wait_until(site.answers, what="Dzvin answers after the last trouble")
        pauses.end()
        feeder.end()
        if in_short:
            feeder.call_off_the_rest(after=SHORT_SECONDS)
        feeder.wait_for_everybody(patience=REST_SECONDS)
        feeder.wait_for_texts(patience=REST_SECONDS)
        site.end_in_good_order()
        url = cluster.url(port=cluster.port) if cluster else f"sqlite:///{site.folder / 'dzvin.db'}"
        truth = site.truth()
        (folder / "truth.json").write_text(json.dumps(truth, indent=1))
        found = audit(url, truth=truth, people=feeder.people, pauses=pauses.kept)
    broken = [*found.broken, *(words for words in troubles.last_words if "Traceback" in words)]
    for words in troubles.last_words:
        say(words)
    return Report(database, cycles, troubles.counts, found.figures, broken, no_disk)
