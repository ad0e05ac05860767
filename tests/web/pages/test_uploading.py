"""How a form with files is taken in: caps while it streams, the token first, names made safe."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from starlette.requests import Request

from web.pages.forms import Form, TooLarge, Unreadable, read_fields
from web.pages.gate import Forbidden
from web.pages.uploading import read_upload, safe_name

pytestmark = pytest.mark.anyio

CAPS = {"list": 1024 * 1024}
BOUNDARY = "edge"


def part(name: str, body: bytes, *, file: str | None = None) -> bytes:
    filename = f'; filename="{file}"' if file is not None else ""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'.encode()
        + body
        + b"\r\n"
    )


END = f"--{BOUNDARY}--\r\n".encode()


class Sender:
    """A client that counts how much of its body was taken."""

    def __init__(self, chunks: Iterable[bytes], kind: str) -> None:
        self.chunks = iter(chunks)
        self.taken = 0
        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", kind.encode())]}
        self.request = Request(scope, self.receive)

    async def receive(self) -> dict[str, object]:
        chunk = next(self.chunks, None)
        self.taken += len(chunk or b"")
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}


def admit(fields: Mapping[str, str]) -> None:
    if fields.get("token") != "good":
        raise Forbidden("no")


async def take(chunks: Iterable[bytes]) -> tuple[Sender, Form]:
    sender = Sender(chunks, f"multipart/form-data; boundary={BOUNDARY}")
    return sender, await read_upload(sender.request, caps=CAPS, admit=admit)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads go in this test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


TOKEN = part("token", b"good")


async def test_fields_and_files_come_out_as_they_went_in_however_they_were_cut(folder: Path) -> None:
    body = (
        TOKEN + part("list", b"phone\r\n067\r\n--edgy\r\n", file="Мій список.csv") + part("note", b"x") + END
    )
    for size in (1, 7, len(body)):
        _, form = await take(body[start : start + size] for start in range(0, len(body), size))
        assert form.fields == {"token": "good", "note": "x"}
        assert form.files["list"].name == "Мій список.csv"
        assert form.files["list"].path.read_bytes() == b"phone\r\n067\r\n--edgy\r\n"
        form.forget_files()
    assert list(folder.iterdir()) == []


async def test_a_file_over_its_cap_is_refused_while_it_streams(folder: Path) -> None:
    def chunks() -> Iterable[bytes]:
        yield TOKEN + part("list", b"", file="a.csv").removesuffix(b"\r\n")
        for _ in range(1000):
            yield b"0" * 65536

    sender = Sender(chunks(), f"multipart/form-data; boundary={BOUNDARY}")
    with pytest.raises(TooLarge, match="the list is larger than 1 MB"):
        await read_upload(sender.request, caps=CAPS, admit=admit)
    assert sender.taken < 1024 * 1024 + 3 * 65536
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("before", [b"", part("token", b"guessed"), part("note", b"x")])
async def test_no_byte_of_a_file_is_kept_before_the_token_was_good(folder: Path, before: bytes) -> None:
    with pytest.raises(Forbidden):
        await take([before + part("list", b"x" * 10, file="a.csv") + TOKEN + END])
    assert list(folder.iterdir()) == []


async def test_a_form_without_files_needs_its_token_too(folder: Path) -> None:
    with pytest.raises(Forbidden):
        await take([part("note", b"x") + END])


@pytest.mark.parametrize(
    "body",
    [
        b"this is no form",
        TOKEN + part("list", b"x", file="a.csv"),  # cut off
        TOKEN + part("elsewhere", b"x", file="a.csv") + END,
        TOKEN + part("list", b"x", file="a.csv") + part("list", b"y", file="b.csv") + END,
        TOKEN + b"".join(part(f"field{n}", b"") for n in range(70)) + END,
    ],
)
async def test_what_is_no_form_of_ours_is_refused(folder: Path, body: bytes) -> None:
    with pytest.raises(Unreadable):
        await take([body])
    assert list(folder.iterdir()) == []


async def test_an_empty_file_field_is_no_file(folder: Path) -> None:
    _, form = await take([TOKEN + part("list", b"", file="") + END])
    assert form.files == {}


async def test_plain_forms_have_a_cap_too() -> None:
    sender = Sender([b"a=" + b"x" * 65536] * 20, "application/x-www-form-urlencoded")
    with pytest.raises(TooLarge):
        await read_fields(sender.request)
    assert sender.taken < 3 * 65536


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("list.csv", "list.csv"),
        ("Боржники листопад (1).xlsx", "Боржники листопад (1).xlsx"),
        ("C:\\Users\\me\\list.csv", "list.csv"),
        ("../../etc/cron.d/list.csv", "list.csv"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("a<b>|c?.csv", "abc.csv"),
        ("..list.csv", "list.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_file_name_keeps_only_what_is_harmless(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    "given", ["", "..", "/", "list", ".csv", "con.csv", "NUL.txt", "com1.csv", "a.", "…"]
)
def test_a_file_name_of_which_nothing_usable_is_left_is_refused(given: str) -> None:
    with pytest.raises(Unreadable):
        safe_name(given)
