"""How every process of a story is set up, and the secrets that no log may tell."""

from pathlib import Path

from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.settings import Settings
from tests.simulation.disk import SECRET_KEY
from tests.simulation.story import Story

TOKEN, WEBHOOK_TOKEN = "lirax-key-of-the-simulation", "webhook-key-of-the-simulation"
SECRETS = (TOKEN, WEBHOOK_TOKEN, SAMPLE_PASSWORD, SECRET_KEY)


def settings_of(story: Story, folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/dzvin.db",  # never made: only what lies beside it
        secret_key=SECRET_KEY,
        lirax_url="http://127.0.0.1:8482/general",
        lirax_token=TOKEN,
        webhook_token=WEBHOOK_TOKEN,
        history_login=SAMPLE_LOGIN,
        history_password=SAMPLE_PASSWORD,
        **story.settings,
    )
