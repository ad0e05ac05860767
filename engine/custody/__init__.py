"""Whether this database may dial: quarantine after a restore, and the mark beside it that tells."""

from engine.custody.keeper import Keeper

__all__ = ["Keeper"]
