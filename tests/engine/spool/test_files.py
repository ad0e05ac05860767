"""Files that keep webhooks while the database is away: what they give back, whose they are."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.vocabulary import AccountId
from campaigns.store.inbox import Arrival
from engine.settings import Settings
from engine.spool import files
from engine.spool.files import SpoolFile, SpoolFull
from engine.spool.lines import once, read_line, write_line
from engine.spool.places import spool_folder

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def an_arrival(number: int = 1, *, key: str | None = None) -> Arrival:
    body = {"cmd": "event", "callid": f"c{number}", "phone": "380671234567"}
    return Arrival(AccountId(1), "event", key, f"c{number}", body, NOON + timedelta(seconds=number))


def all_of(file: SpoolFile) -> list[Arrival]:
    found: list[Arrival] = []
    place = 0
    while (piece := file.read(place)).end > place:
        found += piece.arrivals
        place = piece.end
    return found


@given(body=st.dictionaries(TEXTS, TEXTS), key=st.none() | TEXTS, subject=st.none() | TEXTS)
def test_a_line_gives_back_what_it_was_made_of(body: dict[str, str], key: str | None, subject: str) -> None:
    arrival = Arrival(AccountId(7), "event", key, subject, body, NOON)
    line = write_line(arrival)
    assert read_line(line.rstrip(b"\n")) == arrival
    assert line.count(b"\n") == 1


@given(st.binary(max_size=60))
def test_bytes_that_are_no_line_are_none(line: bytes) -> None:
    assert read_line(line) is None


@given(place=st.integers(0, 200), byte=st.integers(1, 255))
def test_a_line_with_one_wrong_byte_is_none(place: int, byte: int) -> None:
    line = bytearray(write_line(an_arrival()).rstrip(b"\n"))
    place %= len(line)
    if place == 8:
        return  # the space
    line[place] ^= byte
    same = bytes(line[:8]).lower() == write_line(an_arrival())[:8]  # a checksum in capitals is the same one
    assert same or read_line(bytes(line)) is None


def test_only_what_has_no_key_of_its_own_is_given_one() -> None:
    first, second = once(an_arrival()), once(an_arrival())
    assert first.dedupe_key != second.dedupe_key
    assert once(an_arrival(key="k")).dedupe_key == "k"


def test_what_is_appended_is_read_in_order_by_nobody_but_us(tmp_path: Path) -> None:
    file = files.new_file(tmp_path / "spool")
    file.append([an_arrival(1), an_arrival(2)])
    file.append([an_arrival(3)])
    assert all_of(file) == [an_arrival(1), an_arrival(2), an_arrival(3)]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    file.close()


def test_a_file_is_cleared_only_when_all_of_it_was_read(tmp_path: Path) -> None:
    file = files.new_file(tmp_path)
    file.append([an_arrival(1)])
    end = file.read(0).end
    file.append([an_arrival(2)])
    assert not file.clear(end)
    assert file.clear(file.read(end).end)
    assert (file.size, file.path.stat().st_size) == (0, 0)
    file.append([an_arrival(3)])
    assert all_of(file) == [an_arrival(3)]
    file.close()


def test_a_torn_last_line_hides_nothing_before_it(tmp_path: Path) -> None:
    file = files.new_file(tmp_path)
    file.append([an_arrival(1), an_arrival(2)])
    file.close()
    os.truncate(file.path, file.path.stat().st_size - 5)
    found = files.take_over(file.path)
    assert found is not None
    assert all_of(found) == [an_arrival(1)]
    found.discard()
    assert not file.path.exists()


def test_a_damaged_line_is_kept_apart_and_the_others_are_read(tmp_path: Path) -> None:
    file = files.new_file(tmp_path)
    file.append([an_arrival(1), an_arrival(2)])
    with file.path.open("r+b") as raw:
        raw.seek(20)
        raw.write(b"?")
    assert all_of(file) == [an_arrival(2)]
    assert files.bytes_set_aside(tmp_path) > 0
    file.close()


def test_a_file_has_one_owner_until_it_lets_it_go(tmp_path: Path) -> None:
    file = files.new_file(tmp_path)
    file.append([an_arrival(1)])
    assert files.take_over(file.path) is None
    file.close()
    found = files.take_over(file.path)
    assert found is not None
    assert files.take_over(file.path) is None
    found.discard()
    assert files.take_over(file.path) is None


def test_an_empty_file_goes_with_its_owner(tmp_path: Path) -> None:
    files.new_file(tmp_path).close()
    assert files.all_files(tmp_path) == []


def test_a_full_file_keeps_what_it_has(tmp_path: Path) -> None:
    file = files.new_file(tmp_path, most_bytes=500)
    file.append([an_arrival(1)])
    with pytest.raises(SpoolFull):
        file.append([an_arrival(number) for number in range(5)])
    file.append([an_arrival(2)])
    assert all_of(file) == [an_arrival(1), an_arrival(2)]
    file.close()


def test_a_full_disk_leaves_whole_lines_only(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    file = files.new_file(tmp_path)
    file.append([an_arrival(1)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.size + 50, limits[1]))
    try:
        with pytest.raises(OSError):
            file.append([an_arrival(2), an_arrival(3)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.path.stat().st_size == file.size
    file.append([an_arrival(4)])
    assert all_of(file) == [an_arrival(1), an_arrival(4)]
    file.close()


@pytest.fixture
def _same_name() -> Iterator[None]:
    """Of this process: the file that takes what is written and cannot be synced is its name."""
    name = Path("/proc/self/comm")
    before = name.read_text() if name.exists() else ""
    yield
    if before:
        name.write_text(before)


@pytest.mark.usefixtures("_same_name")
def test_what_was_written_and_could_not_be_synced_is_not_kept() -> None:
    """Of the kernel's own files some take every write, and refuse to sync."""
    path = Path("/proc/self/comm")
    if not os.access(path, os.W_OK):
        pytest.skip("no file here that can be written and not synced")
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    file = SpoolFile(path, descriptor)
    for _ in range(2):  # it could be put right, so the next is tried anew
        with pytest.raises(OSError, match="Invalid argument"):
            file.append([an_arrival(1)])
        assert file.size == 0
    os.close(descriptor)


def test_a_file_that_can_be_neither_synced_nor_put_right_takes_nothing_more() -> None:
    path = Path(os.devnull)  # takes every write, can be neither synced nor cut
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    file = SpoolFile(path, descriptor)
    with pytest.raises(OSError, match="Invalid argument"):
        file.append([an_arrival(1)])
    with pytest.raises(OSError, match="nor put right"):
        file.append([an_arrival(2)])
    assert file.size == 0
    os.close(descriptor)


def test_every_database_has_a_folder_of_its_own(tmp_path: Path) -> None:
    def folder(url: str, spool: Path | None = None) -> Path:
        return spool_folder(Settings(database_url=url, spool=spool))

    assert folder(f"sqlite:///{tmp_path}/dzvin.db") == tmp_path / "dzvin.db.spool"
    assert folder("postgresql://u:p@db:5432/one").parent == Path("dzvin-spool").absolute()
    assert folder("postgresql://u:p@db:5432/one") == folder("postgresql://u:new@db:5432/one")
    places = {
        folder(url, tmp_path)
        for url in ("postgresql://u:p@db/one", "postgresql://u:p@db/two", "sqlite:///a.db", "sqlite:///b.db")
    }
    assert len(places) == 4
    assert {place.parent for place in places} == {tmp_path}
