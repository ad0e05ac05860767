"""Why a command could not be done. Each message is a sentence for the person who asked.

Exception
├── campaigns.problems.WrongInput   what was given is wrong            exit 2, HTTP 422
└── CannotDo                        it could not be done               exit 1
    ├── NotFound                    no such campaign, call, key …              HTTP 404
    ├── Conflict                    its state, or a name taken, forbids it     HTTP 409
    ├── DatabaseTrouble             locked, unreachable, newer than we are     HTTP 503
    └── AlreadyRunning              another engine holds this database         (start only)

Errors of LiraX have a tree of their own: `engine.lirax.errors`.
"""


class CannotDo(Exception):
    """It could not be done."""


class NotFound(CannotDo):
    """There is no such thing."""


class Conflict(CannotDo):
    """The state of things does not allow it."""


class DatabaseTrouble(CannotDo):
    """The database is locked, unreachable, or newer than this program."""


class AlreadyRunning(CannotDo):
    """Another engine works on this database."""
