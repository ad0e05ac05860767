"""Where log lines go: standard error, readable on a terminal, one JSON object a line elsewhere."""

import logging
import sys

import structlog


def keep_logs() -> None:
    _configure(logging.INFO)


def quiet_logs() -> None:
    """Beside a progress display: only what somebody must know."""
    _configure(logging.WARNING)


def _configure(level: int) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    on_terminal = sys.stderr.isatty()
    # A plain traceback: the coloured one prints local variables, and with them numbers and keys.
    terminal = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    last = terminal if on_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if on_terminal else [structlog.processors.format_exc_info]),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
