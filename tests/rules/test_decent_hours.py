"""When a person may be called by hand without being asked about the hour."""

from datetime import UTC, datetime

import pytest

from campaigns.rules.decent_hours import indecent_zone

KYIV, LONDON, NEW_YORK = "Europe/Kyiv", "Europe/London", "America/New_York"


@pytest.mark.parametrize(
    ("utc", "zones", "indecent"),
    [
        ("05:59", (KYIV,), KYIV),  # 07:59
        ("06:00", (KYIV,), None),  # 08:00
        ("17:59", (KYIV,), None),  # 19:59
        ("18:00", (KYIV,), KYIV),  # 20:00
        ("18:00", (LONDON, KYIV), KYIV),  # 18:00 and 20:00
        ("14:00", (KYIV, NEW_YORK), None),  # 16:00 and 09:00
        ("12:30", (KYIV, NEW_YORK), NEW_YORK),  # 14:30 and 07:30
        ("03:00", (), None),
    ],
)
def test_an_hour_is_decent_from_eight_to_eight_in_every_zone(
    utc: str, zones: tuple[str, ...], indecent: str | None
) -> None:
    at = datetime.fromisoformat(f"2026-12-01 {utc}").replace(tzinfo=UTC)
    assert indecent_zone(zones, at=at) == indecent
