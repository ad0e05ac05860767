"""Which messages put their sender on the do-not-call list."""

import pytest

from campaigns.rules.stop_words import is_stop


@pytest.mark.parametrize(
    "text",
    [
        # the words of the contract, in any case, with punctuation
        "stop",
        "STOP",
        "Stop!",
        "  «стоп» ",
        "СТОП.",
        "Стоп!!!",
        "відписатися",
        "ВІДПИСАТИСЯ…",
        "отписаться",
        "(Отписаться)",
        "unsubscribe",
        "Un-subscribe",
        "*STOP*",
        "_stop_",
        "stop\n",
        "#stop",
        # within a message: any doubt means opt-out
        "Please stop calling me",
        "стоп, будь ласка",
        "Дівчата, СТОП дзвінки",
        "Do not stop",
        "STOP 2",
        "stop2",
        "Як відписатися?",
        "хочу отписаться от рассылки",
        # other forms
        "Відписатись",
        "відпишіть мене",
        "Отпишите меня",
        # the other words of the reliability note
        "end",
        "QUIT",
        "cancel",
        "Revoke.",
        "opt out",
        "Opt-Out",
        "OPTOUT",
        "I want to opt out of this",
        "Cancel my number from your list today",
        "please cancel",
        "quit texting me",
        # as phones write them
        "S T O P",
        "s.t.o.p.",
        "CTOП",  # Latin C, T, O
        "ЅТОР",  # Cyrillic throughout
        "ＳＴＯＰ",
        "st\u200bop",
        "Please st\u00adop calling me",
        "відписатися".replace("і", "i"),
    ],
)
def test_whoever_asks_to_stop_is_heard(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "👍",
        "+380671234567",
        "Так",
        "Дякую, сплачу завтра",
        "Спасибо, уже оплатил",
        "I pay at the end of May",
        "Nobody told me that the order could be revoked or that I may cancel",
        "stopover",
        "nonstop",
        "автостопом",
        "Я вам відписав на пошту",
        "top",
        "weekend",
        "opt for the first, rule out the second",
    ],
)
def test_an_ordinary_answer_is_none(text: str) -> None:
    assert not is_stop(text)
