"""Whether an SMS asks us never to write or call again. Any doubt means yes (reliability note, section 6).

* The words of the contract, their other forms, and "opt out" count wherever they stand as words of their own:
  `STOP`, `стоп!!!`, `please stop calling`, `do not stop` too. Part of a word is not the word: `stopover`.
* `end`, `quit`, `cancel` and `revoke` are ordinary words as well: they count at the beginning of a message,
  and anywhere in one of at most three words. `Cancel my number` counts, `I pay at the end of May` does not.
* Case, punctuation, digits and invisible characters are ignored, spaced-out letters (`S T O P`) are read as a
  word, and letters that look alike in Latin and Cyrillic are the same: phones mix them.
"""

import re
import unicodedata
from itertools import pairwise

LOOK_ALIKES = str.maketrans("авсеікмнорстухѕј", "abceikmhopctyxsj")
UNMISTAKABLE = (
    "stop unsubscribe optout стоп "
    "відписатися відписатись відписати відпишіть відпишіться "
    "отписаться отписать отпишите отпишитесь"
)
ORDINARY = "end quit cancel revoke"
FEW = 3
WORD = re.compile(r"[^\W\d_]+")


def is_stop(text: str) -> bool:
    words = _words(text)
    spaced_out = "".join(words)  # `s t o p`, `un subscribe`, `opt-out`
    if spaced_out in ASKS_TO_STOP or not ASKS_TO_STOP.isdisjoint(words) or _says_opt_out(words):
        return True
    return not MAY_ASK_TO_STOP.isdisjoint(words if len(words) <= FEW else words[:1])


def _says_opt_out(words: list[str]) -> bool:
    return any(pair == ("opt", "out") for pair in pairwise(words))


def _words(text: str) -> list[str]:
    visible = "".join(
        character
        for character in unicodedata.normalize("NFKC", text).casefold()
        if unicodedata.category(character) != "Cf"
    )
    return WORD.findall(visible.translate(LOOK_ALIKES))


ASKS_TO_STOP = frozenset(_words(UNMISTAKABLE))
MAY_ASK_TO_STOP = frozenset(_words(ORDINARY))
