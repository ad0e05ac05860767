"""What `dzvin reconcile --report` prints of a comparison of the three sources."""

from typing import Any

from web.cli.talking import answer, answer_table

EXAMPLES = ("phone", "campaign", "called at", "result")


def tell_report(item: dict[str, Any]) -> None:
    """Its sentences, then a table of each kind; of long ones the first rows, and how many there are."""
    answer(f"{item['account']}, from {item['since']} to {item['until']}")
    for sentence in item["sentences"]:
        answer(f"  {sentence}")
    for name, title in (
        ("webhooks", "No finished webhook came"),
        ("events", "No event came"),
        ("history", "Call history does not show it"),
        ("late", "The finished webhook came late"),
        ("healed", "Only call history told of it"),
    ):
        examples = item[name]["examples"]
        if examples:
            answer(f"{title}{_first(examples, _missed(item[name]))}:")
            answer_table(EXAMPLES, (_example(each) for each in examples))
    for name, title in (("webhooks", "Finished webhooks"), ("history", "Outgoing calls in history")):
        examples, count = item["orphaned"][name]["examples"], item["orphaned"][name]["count"]
        if examples:
            answer(f"{title} of no call of ours{_first(examples, count)}:")
            answer_table(("at", "what"), ((each["at"], each["what"]) for each in examples))


def _missed(part: dict[str, Any]) -> int:
    return int(part["count"] if "count" in part else part["missing"])


def _first(examples: list[Any], count: int) -> str:
    return f" (the first {len(examples)} of {count})" if count > len(examples) else ""


def _example(example: dict[str, Any]) -> tuple[Any, ...]:
    return example["phone"], example["campaign"], example["claimed_at"], example["result"]
