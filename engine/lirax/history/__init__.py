"""Call history: what LiraX itself wrote down of its calls. A login with a cookie, and an export of any form.

`HistoryClient` is the door; reading an export (`reading`) is pure. Reference, section 5, C43 and C44.
"""

from engine.lirax.history.client import HistoryClient
from engine.lirax.history.values import Direction, Export, Form, HistoryCall

__all__ = ["Direction", "Export", "Form", "HistoryCall", "HistoryClient"]
