"""Where a server keeps its journal: one file for each server, next to its log."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

from rule_rm.journal import Journal
from rule_rm.journal.reader import ENDING
from rule_rm.journal.store import Bounds
from rule_rm.settings import Settings

logger = logging.getLogger(__name__)

NONE = "none"
"""The value of a setting that turns it off."""


def directory(settings: Settings) -> Path | None:
    """Return the directory of the journal; None if none is kept.

    >>> directory(Settings(output_dir="logs")), directory(Settings(output_dir="logs", journal="none"))
    (PosixPath('logs'), None)
    """
    chosen = settings.journal or settings.output_dir
    return None if chosen is None or chosen == NONE else Path(chosen)


def keep(journal: Journal, settings: Settings, port: int) -> None:
    """Have the journal of the server at this port kept, if the settings want it.

    Raises ConfigurationError if its file can't be written.
    """
    folder = directory(settings)
    if folder is None:
        logger.info("what is scored is not kept; --journal DIRECTORY keeps it, and shows it on a page")
        return
    path = folder / f"{socket.gethostname()}-{port}{ENDING}"
    bounds = Bounds(settings.journal_mb << 20, settings.journal_days * 86_400)
    journal.keep(path, bounds, sample=settings.journal_sample, with_texts=settings.record_texts)
    texts = "" if settings.record_texts else ", without texts"
    logger.info("what is scored is kept in %s%s", path, texts)
