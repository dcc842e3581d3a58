"""Logging for every process: structlog on standard error, with secrets taken out of every line."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"token|secret|password|passwd|authorization|cookie|credential|(api|encryption|private)_?key",
    re.IGNORECASE,
)
_SECRET_TEXT = (
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(\w+://[^\s:/@]+):[^\s@]+@"), rf"\1:{HIDDEN}@"),
    (
        re.compile(
            r"""((?:\w*token|\w*secret|password|code)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # Whoever has it may join, or choose a password: a link for one person (web/people_urls.py).
    (re.compile(r"(/links/)[\w-]+"), rf"\1{HIDDEN}"),
    # Our own keys for programs, and what signs our webhooks.
    (re.compile(r"\bul_(live|test)_[A-Za-z0-9]{8}_[\w-]+"), HIDDEN),
    (re.compile(r"\bwhsec_[\w+/=-]+"), HIDDEN),
    # A JSON Web Token by its shape, wherever it stands.
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
)


def redact(value: Any) -> Any:
    """The value with what looks like a secret replaced, through mappings and sequences."""
    if isinstance(value, str):
        return _redact_text(value)
    if isinstance(value, bytes):
        return _redact_text(value.decode("utf-8", "replace"))
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if _SECRET_NAME.search(str(name)) else redact(inner)
            for name, inner in value.items()
        }
    if isinstance(value, Sequence):
        return [redact(inner) for inner in value]
    return value


def _redact_text(text: str) -> str:
    for pattern, shown in _SECRET_TEXT:
        text = pattern.sub(shown, text)
    return text


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor; the last before rendering, so tracebacks pass through it too."""
    hidden: EventDict = redact(event)
    return hidden


def configure_logging(*, level: str, as_json: bool) -> None:
    """Send our own and every library's lines the same way. May be called again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(shared, as_json=as_json))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def _formatter(
    shared: Sequence[Processor], *, as_json: bool
) -> structlog.stdlib.ProcessorFormatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact_event,
            renderer,
        ],
    )
