"""Tells how long what tells of people is kept."""

from datetime import timedelta

from campaigns.rules.durations import write_duration
from engine.setting_values import FOREVER
from engine.settings import Settings
from web.cli.doctor.findings import Finding, fine, look


def examine_keeping(settings: Settings) -> Finding:
    kept = {
        "webhooks": settings.keep_webhooks,
        "addresses of recordings": settings.keep_recordings,
        "people and calls of campaigns that ended": settings.keep_calls,
    }
    says = "; ".join(f"{name}: {_written(age)}" for name, age in kept.items())
    if None in kept.values():
        return look("kept", f"{says}. What is kept for ever must have a reason (GDPR, article 5)")
    return fine("kept", says)


def _written(age: timedelta | None) -> str:
    return FOREVER if age is None else write_duration(age)
