"""The four demo organisations: what a new set of books holds in each country."""

from __future__ import annotations

from fauxero.accounting.templates.au import AU
from fauxero.accounting.templates.nz import NZ
from fauxero.accounting.templates.shapes import Template
from fauxero.accounting.templates.uk import UK
from fauxero.accounting.templates.us import US

TEMPLATES: dict[str, Template] = {"uk": UK, "au": AU, "nz": NZ, "us": US}

__all__ = ["TEMPLATES", "Template"]
