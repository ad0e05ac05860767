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
    1900: "a webhook that came late was bound to another call without an id, its own had ended a while ago",
    1995: "calls that ended before the clock was set told how far off LiraX is, and a ring was not found",
    2115: "a webhook was bound to a call, though another one without an id was up and could be its owner",
    2331: "trouble of the database was told as a fault of an errand or of the comparison",
    2606: "a row of history was taken for the call before, though it contradicted how that call had ended",
    3572: "the same as 2606",
    6140: "a webhook that came late was bound to another call without an id, though history knew of its own",
    7025: "the same as 1995",
    8340: "the same as 2331",
    8421: "the same as 2331",
    10390: "a result was given to a call that ended in the same second, with the stop of somebody else",
    12690: "the same as 10390, where a clock was set back",
    12767: "the same as 10390, where a clock was set forward",
    13208: "the same as 10390",
    12528: "a result without keys was bound to a call of which an event had told a key",
    12777: "the same, where all events of the other call were lost",
    10051: "a webhook with an id of nobody's was bound to a call that was still up when it came",
}

WRONGLY_RED: dict[int, str] = {
    1805: "the clocks of two machines an hour apart: one that is set back makes the other be ahead",
    1993: "more was expected than is promised, as in 2133, 2392, 7766 and 8382",
    2133: "more was expected than is promised",
    2148: "the same as 1805",
    2392: "more was expected than is promised",
    4165: "the same as 1805",
    4278: "the same as 1805",
    4597: "history tells of ends in whole seconds",
    4729: "a clock set back by two hours makes who waits for the window wait for these as well",
    4761: "the same as 4729, of a deadline",
    7766: "more was expected than is promised",
    8382: "more was expected than is promised",
    9784: "the same as 4597",
}
"""Seeds whose stories the house had told right: what was expected of it has been put right."""
