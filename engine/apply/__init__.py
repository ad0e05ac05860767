"""The only door to a state: an event comes in, a rule decides, state and wanted effects are saved together.

change      what one transaction changes: counts kept, campaigns that may have ended
calls       what LiraX or time says of an attempt
claiming    a line is taken and an attempt written
recipients  what happens to a person of a campaign
effects     what rules ordered, written down once
campaigns   what a campaign becomes when people and calls have changed
"""
