"""Every command between our client and the simulator, under every value of every option that touches it.

Which options touch a story is measured: they are those that the simulator reads while it is played.
"""

import pytest

from engine.lirax.simulator.options import Options
from tests.lirax.conformance.call_stories import CALL_STORIES
from tests.lirax.conformance.coverage import option_word, proving
from tests.lirax.conformance.examples import KINDS
from tests.lirax.conformance.message_stories import MESSAGE_STORIES
from tests.lirax.conformance.office_stories import OFFICE_STORIES
from tests.lirax.conformance.refusal_stories import REFUSAL_STORIES
from tests.lirax.conformance.talk import Told, a_talk, watched_options
from tests.lirax.recorded import REFERENCE

pytestmark = pytest.mark.anyio

STORIES = (*CALL_STORIES, *OFFICE_STORIES, *MESSAGE_STORIES, *REFUSAL_STORIES)
OPTIONS = REFERENCE["simulator_options"]
OF_HISTORY = {name for name in OPTIONS if "history" in name}  # it has a client of its own: test_history.py
NOT_OURS = {"method_policy": "our client never asks by GET"}  # whatever it says, all must go as it does
CONTRADICTIONS = {
    "unknown_command_code": ("C8",),
    "check_order": ("C8",),
    "error_body": ("C5", "C7"),
    "ok_body": ("C5",),
    "response_content_type": ("C6",),
    "id_style": ("C9",),
    "call_id_equals_callid": ("C10",),
    "makecall_finished_at": ("C11", "C12"),
    "call_id_when_failed": ("C13", "C14"),
    "killcall_accepts": ("C10", "C15"),
    "killcall_dead_call_code": ("C16",),
    "account_timezone": ("C17", "C28"),
    "window_policy": ("C18",),
    "window_end": ("C19",),
    "window_overnight": ("C19",),
    "timeout_clock": ("C20",),
    "success_means": ("C22",),
    "require_list_phone": ("C23",),
    "checkcontact_name_key": ("C26", "C27"),
    "unknown_contact_code": ("C29",),
    "updatedeal_noop_code": ("C30",),
    "ip_leading_zeros": ("C33",),
    "blacklist_duplicate_code": ("C34",),
    "blacklist_missing_code": ("C34",),
    "sms_limit_scope": ("C35",),
    "sms_limit_code": ("C36",),
    "sms_received_id_key": ("C37",),
    "keys_when_none": ("C49", "C50"),
    "initstatuses_scope": ("C53",),
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def touched() -> dict[Told, set[str]]:
    """Story → the options that were read while it was played as all of them are by default."""
    found: dict[Told, set[str]] = {}
    for told in STORIES:
        options, read = watched_options()
        async with a_talk(options) as talk:
            read.clear()
            await told.play(talk)
            found[told] = set(read)
    return found


def test_there_is_a_story_of_its_own_about_every_command() -> None:
    told = (*CALL_STORIES, *OFFICE_STORIES, *MESSAGE_STORIES)
    assert {each.command for each in told} == set(KINDS)


async def test_an_option_touches_some_command_unless_it_is_said_why_not(
    touched: dict[Told, set[str]],
) -> None:
    read = set().union(*touched.values())
    assert set(OPTIONS) - read - OF_HISTORY == set(NOT_OURS)


@pytest.mark.parametrize(
    "option",
    [
        proving((name, value), option_word(name, value), name, *CONTRADICTIONS.get(name, ()))
        for name, about in OPTIONS.items()
        if name not in OF_HISTORY
        for value in about["choices"]
    ],
)
async def test_client_and_simulator_understand_each_other(
    option: tuple[str, object], touched: dict[Told, set[str]]
) -> None:
    name, value = option
    stories = [told for told in STORIES if name in touched[told] or name in NOT_OURS]
    assert stories
    if value == OPTIONS[name]["default"]:
        return  # they were played like this when it was measured what touches them
    for told in stories:
        async with a_talk(Options().having({name: value})) as talk:
            await told.play(talk)
