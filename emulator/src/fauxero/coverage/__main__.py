"""`python -m fauxero.coverage [FILE]`: write COVERAGE.md, or print it."""

from __future__ import annotations

import sys
from pathlib import Path

from fauxero.coverage.page import page


def main() -> None:
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
