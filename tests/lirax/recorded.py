"""The cases of the LiraX reference, as recorded in `tests/recorded/lirax-api.json`."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "recorded" / "lirax-api.json"
REFERENCE: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
TOKEN = "202cb962ac59075b964b07152d234b70"
WEBHOOK_TOKEN = "303cb962ac59075b964b07152d234b70"
GENERAL_COMMANDS = [row for row in REFERENCE["commands"] if row["endpoint"] == "general"]
