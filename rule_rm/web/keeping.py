"""The place of a server's journal, next to its log, and the page that shows it."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.journal import Journal
from rule_rm.journal.pushing import Pusher, opener
from rule_rm.journal.reader import ENDING, Reader
from rule_rm.journal.rechecks import Rechecks
from rule_rm.journal.store import Bounds
from rule_rm.journal.traces import open_traces
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.settings.alarms import read_bounds
from rule_rm.settings.choices import VIEWER_PORT
from rule_rm.settings.reading import did_you_mean
from rule_rm.web.front import Limits, make_server
from rule_rm.web.front.fallback import ThreadedServer
from rule_rm.web.front.server import HttpServer
from rule_rm.web.ports import listen, url
from rule_rm.web.tokens import Tokens

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
    """Keep the journal of the server at this port, and send its spans and means, if the settings want it.

    Raises ConfigurationError if its file can't be written, or a package is missing.
    """
    if settings.push != NONE:
        name = f"{socket.gethostname()}-{port}"
        journal.pusher = Pusher(journal.tallies, opener(settings.push), name)
    if settings.trace_endpoint is not None:
        journal.traces = open_traces(settings.trace_endpoint, settings.trace_sample)
    folder = directory(settings)
    if folder is None:
        logger.info("what is scored is not kept; --journal DIRECTORY keeps it, and shows it on a page")
        return
    path = folder / f"{socket.gethostname()}-{port}{ENDING}"
    bounds = Bounds(settings.journal_mb << 20, settings.journal_days * 86_400)
    journal.keep(
        path,
        bounds,
        sample=settings.journal_sample,
        with_texts=settings.record_texts,
        alarms=read_bounds(settings.alarm),
        webhook=settings.alarm_webhook,
        is_apart=True,
    )
    texts = "" if settings.record_texts else ", without texts"
    logger.info("what is scored is kept in %s%s", path, texts)


def recheck(service: Service) -> None:
    """Score samples of paid responses again, if the settings name a reward for that.

    Raises ConfigurationError if there is no such reward, or no journal.
    """
    settings, keeper = service.settings, service.journal.keeper
    if settings.recheck is None:
        return
    rewards = service.engine.rewards
    if settings.recheck not in rewards:
        hint = did_you_mean(settings.recheck, rewards)
        raise ConfigurationError(f"--recheck: this server has no reward {settings.recheck}{hint}")
    if keeper is None:
        raise ConfigurationError("--recheck needs a journal; set --journal or --output-dir")
    service.journal.rechecks = Rechecks(
        settings.recheck, settings.recheck_share, service.score_again, keeper.add
    )


def open_viewer(
    settings: Settings, service: Service, tls: Callable[[], ssl.SSLContext] | None = None
) -> HttpServer | ThreadedServer | None:
    """Serve the viewer of the journals in the directory; None if there is none to show, or no page is wanted.

    Raises ConfigurationError if the port that was asked for is not available. Instead of the default one,
    another server's, a free one is taken.
    """
    folder = directory(settings)
    if folder is None or settings.viewer_port == NONE:
        return None
    try:
        listener = listen(settings.host, int(settings.viewer_port))
    except ConfigurationError as error:
        if settings.viewer_port != VIEWER_PORT:
            raise ConfigurationError(f"{error}".replace("--port", "--viewer-port")) from None
        listener = listen(settings.host, 0)
    # Imported for those who look.
    from rule_rm.web.trials import Trials
    from rule_rm.web.viewer import create_viewer
    from rule_rm.web.viewer.again import Again

    trials = Trials(service)
    app = create_viewer(
        Reader(folder),
        Tokens.of(settings),
        lambda: {**service.editions.state(), **service.engine.state(), **service.journal.state()},
        Again(trials.names, trials.score, trials.options),
    )
    limits = Limits(body=10_000, bodies=1 << 20, connections=128, threads=4, blocking_threads=1)
    port = listener.getsockname()[1]
    server = make_server(app, listener, limits, app.finish, tls=tls)
    server.start()
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "") else settings.host  # noqa: S104 - read, not bound
    logger.info("The viewer is at %s", url(host, port, "http" if tls is None else "https"))
    return server
