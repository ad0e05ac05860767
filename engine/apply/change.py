"""What one transaction changes, gathered so that it is written once, at its end."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaigns.definition import policy_of
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import AccountId, CampaignId
from campaigns.store import campaigns
from campaigns.store.campaigns import CampaignRow
from engine.house import House


@dataclass
class Change:
    """A transaction under way. `now` is read once; `touched` campaigns are looked at when it ends."""

    connection: Connection
    house: House
    now: datetime
    counts: Counter[tuple[CampaignId, str, str]] = field(default_factory=Counter)
    touched: set[CampaignId] = field(default_factory=set)
    # Numbers new on the do-not-call list, each with the account whose LiraX told us of it, if one did.
    suppressed: dict[str, AccountId | None] = field(default_factory=dict)
    _campaigns: dict[CampaignId, CampaignRow] = field(default_factory=dict)

    @property
    def min_gap(self) -> timedelta:
        return self.house.settings.min_gap

    def campaign(self, campaign_id: CampaignId) -> CampaignRow:
        """The campaign's row, read once in this transaction."""
        if campaign_id not in self._campaigns:
            found = campaigns.get(self.connection, campaign_id)
            assert found is not None, f"campaign {campaign_id} has recipients but no row"
            self._campaigns[campaign_id] = found
        return self._campaigns[campaign_id]

    def lock(self, campaign_id: CampaignId) -> CampaignRow | None:
        """The campaign's row as it is now; nobody else changes its state before this transaction ends."""
        found = campaigns.get_for_change(self.connection, campaign_id)
        if found is not None:
            self._campaigns[campaign_id] = found
        return found

    def policy(self, campaign_id: CampaignId) -> Policy:
        return policy_for(self.house, self.campaign(campaign_id))

    def count(self, campaign_id: CampaignId, kind: str, word: str, amount: int = 1) -> None:
        self.counts[campaign_id, kind, word] += amount
        self.touched.add(campaign_id)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A part of it that has changed nothing, neither here nor there, where it goes wrong."""
        kept = self.counts.copy(), self.touched.copy(), self.suppressed.copy()
        try:
            with self.connection.begin_nested():
                yield
        except Exception:
            self.counts, self.touched, self.suppressed = kept
            raise

    def forget(self, campaign_id: CampaignId) -> None:
        """Read the campaign's row anew next time: it has been changed."""
        self._campaigns.pop(campaign_id, None)


def policy_for(house: House, row: CampaignRow) -> Policy:
    """The campaign's policy, made once for each version of its definition and each zone of its account."""
    zone = row.account_timezone
    return house.policies.get(
        row.id, f"{row.fingerprint} {zone}", lambda: policy_of(row.definition, account_timezone=zone)
    )


@contextmanager
def change(
    connection: Connection, house: House, *, settle: Callable[[Change, CampaignId], None]
) -> Iterator[Change]:
    """A change whose counts are written and whose campaigns are settled when the block ends well."""
    under_way = Change(connection, house, house.clock.now())
    yield under_way
    campaigns.count(connection, under_way.counts)
    under_way.counts.clear()
    for campaign_id in sorted(under_way.touched):
        settle(under_way, campaign_id)
    campaigns.count(connection, under_way.counts)
