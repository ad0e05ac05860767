"""Nothing of the LiraX reference is silently skipped: what there is to prove against what tests prove."""

from collections import defaultdict

import pytest

from tests.lirax.conformance.coverage import marks_of, modules_of_tests, reference_items

HERE = "tests.lirax.conformance."
ITEMS = reference_items()


def proofs() -> dict[str, list[str]]:
    """Word → the tests that prove it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for module in modules_of_tests():
        for test, mark in marks_of(module):
            for word in mark.args if mark.name == "covers" else ():
                found[word].append(test)
    return found


@pytest.mark.parametrize("kind", ITEMS)
def test_every_item_of_the_reference_is_proved_by_some_test(kind: str) -> None:
    proved = proofs()
    assert [word for word in ITEMS[kind] if word not in proved] == []


def test_no_test_claims_what_the_reference_does_not_have() -> None:
    known = {word for words in ITEMS.values() for word in words}
    assert {word: tests for word, tests in proofs().items() if word not in known} == {}


def test_nothing_here_is_skipped_or_expected_to_fail() -> None:
    found = [
        test
        for module in modules_of_tests()
        if module.__name__.startswith(HERE)
        for test, mark in marks_of(module)
        if mark.name in {"skip", "skipif", "xfail"}
    ]
    assert found == []


def test_the_reference_is_counted_whole() -> None:
    counted = {kind: len(words) for kind, words in ITEMS.items()}
    assert (counted["command"], counted["webhook"], counted["option"]) == (24, 8, 50)
    assert (counted["case"], counted["contradiction"]) == (80, 55)
    words = [word for kind in ITEMS.values() for word in kind]
    assert sorted({word for word in words if words.count(word) > 1}) == []
