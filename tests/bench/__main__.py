"""All benchmarks, one after another, each in a process of its own: `make bench`."""

import pkgutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    ended = [
        subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode
        for name in sorted(names)
        if name != "__main__"
    ]
    return max(ended, default=0)


if __name__ == "__main__":
    sys.exit(main())
