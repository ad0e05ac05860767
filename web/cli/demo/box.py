"""The box that tells where the demo is and how to sign in."""


def box(address: str, email: str, password: str, *, campaign: str, simulator: str) -> str:
    lines = [
        "Dzvin's demo is running. Nobody's phone rings: LiraX is a simulator.",
        "",
        f"  Open       {address}",
        f"  E-mail     {email}",
        f"  Password   {password}",
        "",
        f"  Campaign   {campaign}",
        f"  Phones     {simulator}  (who rings now; answer, press keys, call in)",
        "",
        "Ctrl-C ends it; the next start goes on.",
    ]
    width = max(len(line) for line in lines)
    framed = [f"│ {line.ljust(width)} │" for line in lines]
    edge = "─" * (width + 2)
    return "\n".join([f"┌{edge}┐", *framed, f"└{edge}┘"])
