"""Answers to `makeCall` and `make2Calls`: the task is taken, its result comes later by webhook."""

from pydantic import Field

from engine.lirax.answers.answer import Answer, OpaqueId


class EmployeeCallTaken(Answer):
    """LiraX took the task of `makeCall` and rings the employee."""

    id_makecall: OpaqueId = Field(description="comes again in `makecall_finished`")


class CallTaken(Answer):
    """LiraX took the task of `make2Calls` and queued it."""

    id_make2calls: OpaqueId = Field(description="comes again in `make2calls_finished`")
