"""What all pages share: the house they stand in and their own standing parts."""

from dataclasses import dataclass, field

from jinja2 import Environment

from engine.house import House
from engine.lirax.recordings import Recordings
from web.pages.imports import Imports
from web.pages.live import LiveHub
from web.pages.templating import build_templates
from web.pages.throttle import Throttle


@dataclass
class Desk:
    house: House
    live: LiveHub
    imports: Imports
    templates: Environment = field(default_factory=build_templates)
    throttle: Throttle = field(default_factory=Throttle)
    recordings: Recordings = field(default_factory=Recordings)

    @property
    def https(self) -> bool:
        return self.house.settings.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """`__Host-` binds the cookie to this very host and to https, where there is https."""
        return "__Host-dzvin" if self.https else "dzvin"


def build_desk(house: House) -> Desk:
    return Desk(house=house, live=LiveHub(house), imports=Imports(house))
