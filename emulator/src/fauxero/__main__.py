"""`python -m fauxero` and the `fauxero` command."""

from __future__ import annotations

from fauxero.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
