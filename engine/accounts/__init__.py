"""The LiraX accounts of this installation: what the engine and the webhook door must know of each."""

from engine.accounts.book import AccountBook
from engine.accounts.facts import DEFAULT, AccountFacts, HistoryAccess

__all__ = ["DEFAULT", "AccountBook", "AccountFacts", "HistoryAccess"]
