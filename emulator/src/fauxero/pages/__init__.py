"""fauxero's pages: the developer portal, the books to look at, and what the log knows."""

from __future__ import annotations

from fauxero.pages.site import answer_page, is_page

__all__ = ["answer_page", "is_page"]
