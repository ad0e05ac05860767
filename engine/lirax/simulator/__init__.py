"""A LiraX of our own that knows what really rang: demo, tests and on-boarding need no telephone.

It shares nothing with the engine but `engine.clock` and is HTTP on both sides, so it can be an oracle.
"""
