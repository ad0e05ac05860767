"""What `dzvin check` knows of LiraX: what the database remembers, if there is one, else what LiraX says now.

It keeps nothing, and it works without a database, without a key and without a network; then it answers at
once, so what opens databases and speaks to LiraX is imported only where there is one.
"""

from collections.abc import Collection

from campaigns.definition import Definition, Verdict
from campaigns.rules.directories import Directories
from campaigns.rules.vocabulary import DirectoryKind
from engine.database.address import sqlite_path
from engine.judging import weigh
from engine.settings import Settings

NO_KEY = "there is no key of LiraX here: set DZVIN_LIRAX_TOKEN"


async def judged_here(settings: Settings, definition: Definition) -> Verdict:
    """What LiraX has and has not of the extensions and stages that the definition names."""
    path = sqlite_path(settings.database_url)
    if settings.lirax_token is None and path is not None and not path.is_file():
        return await weigh(definition.named, Directories(), _nobody_to_ask)
    from web.cli.remembering import learned_by, remembered_in

    name = definition.policy.account
    remembered = await remembered_in(settings, name)
    return await weigh(
        definition.named, remembered.known, lambda kinds: learned_by(settings, name, remembered, kinds)
    )


async def _nobody_to_ask(kinds: Collection[DirectoryKind]) -> Directories:
    return Directories().doubting(kinds, why=NO_KEY)
