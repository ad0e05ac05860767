"""How a list is asked of another process and comes back: frames of a length and JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import starmap
from pathlib import Path
from typing import Any, Literal

import orjson

from campaigns.lists.batches import Batch, Reading
from campaigns.lists.demands import Demand
from campaigns.lists.preparing import Prepared, Warned
from campaigns.lists.rejects import RejectedRow
from campaigns.problems import Problem, WrongInput

LENGTH_BYTES = 4

Kind = Literal["batch", "wrong", "end"]


def write_reading(reading: Reading) -> bytes:
    demand = asdict(reading.demand)
    rejected_to = None if reading.rejected_to is None else str(reading.rejected_to)
    return orjson.dumps(
        [str(reading.source), reading.name, reading.phone_column, rejected_to, demand],
        option=orjson.OPT_NON_STR_KEYS,
    )


def read_reading(body: bytes) -> Reading:
    source, name, phone_column, rejected_to, demand = orjson.loads(body)
    target = None if rejected_to is None else Path(rejected_to)
    return Reading(Path(source), name, phone_column, target, Demand(**demand))


def write_batch(batch: Batch) -> bytes:
    plain = {name: [tuple(each) for each in getattr(batch, name)] for name in ("prepared", "warned")}
    return _frame("batch", {**vars(batch), **plain})


def read_batch(told: Mapping[str, Any]) -> Batch:
    rejected = [RejectedRow(**{**each, "cells": tuple(each["cells"])}) for each in told["rejected"]]
    warned = [Warned(*each) for each in told["warned"]]
    prepared = list(starmap(Prepared, told["prepared"]))
    return Batch(**{**told, "prepared": prepared, "rejected": rejected, "warned": warned})


def write_wrong(wrong: WrongInput) -> bytes:
    return _frame("wrong", list(wrong.problems))


def read_wrong(told: list[dict[str, Any]]) -> WrongInput:
    return WrongInput(*(Problem(**problem) for problem in told))


def write_end() -> bytes:
    return _frame("end", None)


def read_frame(body: bytes) -> tuple[Kind, Any]:
    kind, told = orjson.loads(body)
    return kind, told


def _frame(kind: Kind, told: Any) -> bytes:
    body = orjson.dumps([kind, told])
    return len(body).to_bytes(LENGTH_BYTES, "big") + body
