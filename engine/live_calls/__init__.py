"""Live calls: one real call to the operator's own number, and what it shows of this LiraX.

`beginning` places it as a campaign of one person, so everything that guards a call guards this one;
`observing` reads what was heard of it, `listing` what call history tells; `concluding` keeps all of it.
"""
