"""`dzvin profiles` and `dzvin consent`, as processes."""

from campaigns.profiles import NOT_LEGAL_ADVICE, profile_names
from tests.cli.shell import Shell


def test_profiles_are_listed_and_one_is_told_whole(shell: Shell) -> None:
    listed = shell.run("profiles")
    assert listed.code == 0
    assert [line.split("\t")[0] for line in listed.lines[1:]] == list(profile_names())
    told = shell.run("profiles", "us-regf")
    assert told.code == 0
    assert "At most 7 calls to a number in any 7 days (12 CFR 1006.14(b)(2)(i)(A)" in told.out
    assert NOT_LEGAL_ADVICE in told.out
    unknown = shell.run("profiles", "us-regg")
    assert (unknown.code, unknown.out) == (2, "")
    assert "there are ua-debt" in unknown.err


def test_consent_is_recorded_listed_and_withdrawn(shell: Shell) -> None:
    added = shell.run("consent", "add", "0671234567", "12", "--source", "Fair", "--given", "2026-01-31")
    assert added.code == 2  # what can be read is recorded, the rest is named
    assert added.out == "consent of 380671234567 is on record\n"
    assert added.err.startswith("12: ")
    assert shell.run("consent", "withdraw", "0671234567").code == 0
    listed = shell.run("consent", "list")
    [entry] = listed.lines[1:]
    assert entry.split("\t")[:3] == ["380671234567", "Fair", "2026-01-30T22:00:00Z"]
    assert entry.split("\t")[4] != ""
