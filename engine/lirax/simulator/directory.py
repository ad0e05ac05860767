"""What the account knows beside calls: employees, shops, stages, contacts, deals, notes, both blacklists."""

from dataclasses import dataclass, field
from typing import Any

DISCONNECTED, FREE = 0, 1  # statuses of an employee; above 1 busy, as the account has set it up


@dataclass
class Directory:
    """As the reference's `simulator_seed` has it, in the types LiraX prints."""

    users: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"id": 15, "Name": "Dima", "ext": "101", "active": "1"},
            {"id": 16, "Name": "Olga", "ext": "201", "active": "1"},
        ]
    )
    stages: list[dict[str, Any]] = field(
        default_factory=lambda: [{"stage": 1, "title": "New"}, {"stage": 2, "title": "Won"}]
    )
    shops: list[dict[str, Any]] = field(default_factory=lambda: [{"id": "7", "name": "Main"}])
    statuses: list[dict[str, Any]] = field(
        default_factory=lambda: [{"status": "1", "title": "Free"}, {"status": "5", "title": "Lunch"}]
    )
    contacts: dict[str, dict[str, str]] = field(default_factory=lambda: {"19101234567": {}})
    deals: dict[int, dict[str, str]] = field(default_factory=lambda: {1910: {"ani": "19101234567"}})
    tags: dict[str, list[str]] = field(default_factory=dict)  # of contacts, by phone
    tasks: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    chat: list[dict[str, str]] = field(default_factory=list)
    presence: dict[str, int] = field(default_factory=lambda: {"101": FREE, "201": FREE})
    black_phones: list[str] = field(default_factory=lambda: ["100111000101", "100111000102"])
    black_ips: list[str] = field(default_factory=lambda: ["100.111.000.101"])

    def has_employee(self, ext: str) -> bool:
        return any(user["ext"] == ext for user in self.users)

    def status_of(self, ext: str) -> int:
        return self.presence.get(ext, DISCONNECTED)

    def is_logged_in(self, ext: str) -> bool:
        return self.status_of(ext) != DISCONNECTED

    def has_contact(self, phone: str) -> bool:
        return phone.removeprefix("+") in self.contacts

    def phone_of(self, email: str) -> str | None:
        """The contact with this address; None when there is none."""
        found = (
            phone for phone, known in self.contacts.items() if email in known.get("emails", "").split(",")
        )
        return next(found, None)

    def has_stage(self, stage: int) -> bool:
        return any(known["stage"] == stage for known in self.stages)

    def has_shop(self, shop: str) -> bool:
        return any(known["id"] == shop for known in self.shops)

    def new_deal(self, fields: dict[str, str]) -> int:
        number = max(self.deals, default=0) + 1
        self.deals[number] = fields
        return number
