"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("campaigns", "engine", "web")
LONGEST_FILE = 400

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
MAY_READ_A_CLOCK = {"engine/clock.py"}


def code_files(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def committed_files() -> list[Path]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


def calls_of(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """(line, owner, method) of every call such as `datetime.now(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            yield node.lineno, name, node.func.attr


def test_nothing_but_the_clock_reads_a_clock() -> None:
    found = [
        f"{name_of(path)}:{line}: {owner}.{method}"
        for path in code_files(*PACKAGES)
        if name_of(path) not in MAY_READ_A_CLOCK
        for line, owner, method in calls_of(ast.parse(path.read_text("utf-8")))
        if (owner, method) in CLOCKS
    ]
    assert found == []


def test_no_moment_is_made_without_a_time_zone() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in code_files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _makes_naive(node)
    ]
    assert found == []


def _makes_naive(node: ast.Call) -> bool:
    """`datetime(2026, 1, 1)` and `datetime.fromtimestamp(x)` without a zone."""
    keywords = {keyword.arg for keyword in node.keywords}
    if isinstance(node.func, ast.Name) and node.func.id == "datetime":
        return "tzinfo" not in keywords and len(node.args) < 8 and None not in keywords
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "datetime":
        return node.func.attr == "fromtimestamp" and "tz" not in keywords and len(node.args) < 2
    return False


def test_annotations_are_never_postponed_because_it_breaks_the_tables() -> None:
    postponed = "from __future__ import " + "annotations"
    found = [name_of(path) for path in code_files(*PACKAGES, "tests") if postponed in path.read_text("utf-8")]
    assert found == []


def test_files_stay_small_enough_to_read() -> None:
    found = {
        name_of(path): lines
        for path in code_files(*PACKAGES, "tests")
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
        and "migrations/versions" not in path.as_posix()
    }
    assert found == {}


def test_every_module_says_what_it_is_for() -> None:
    found = [
        name_of(path)
        for path in code_files(*PACKAGES)
        if path.read_text("utf-8").strip() and ast.get_docstring(ast.parse(path.read_text("utf-8"))) is None
    ]
    assert found == []


def test_the_import_contracts_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


REGISTRY = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "un" + r"pkg\.com"))
)


def test_no_committed_file_names_a_package_registry() -> None:
    found = [
        name_of(path) for path in committed_files() if REGISTRY.search(path.read_text("utf-8", "replace"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "setup.txt"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    pins = re.findall(r"^\S+==\S+.*$", text, re.MULTILINE)
    assert len(pins) > 0
    assert all(pin.endswith("\\") for pin in pins)
    assert "://" not in text
    assert "--index" not in text
