"""The one router: an address may be read in one module and sent to in another."""

from __future__ import annotations

from ninja import Router

router = Router()
