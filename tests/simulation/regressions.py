"""Seeds that once were red, and what they had found. Each stays a test.

A seed tells another story once the stories are told differently, so what it found has a plain test as well.
"""

RED_ONCE: dict[int, str] = {
    48: "an event of the call before, as late as the shortest gap, was taken for the next call's",
    72: "a modem was asked again five seconds after a request that was still travelling",
    112: "calls moved along with the clock twice, as the commit that moved them was told to have failed",
    321: "who waited for a number whose call was overdue was looked at again and again in the same moment",
    730: "an account that could not be held, the database being away, took LiraX's answer with it",
    905: "an answer that could not be written down for half a minute was logged as a fault of the engine",
    1995: "calls that ended before the clock was set told how far off LiraX is, and a ring was not found",
    2606: "a row of history was taken for the call before, though it contradicted how that call had ended",
    6140: "a webhook that came late was bound to another call without an id, though history knew of its own",
}
