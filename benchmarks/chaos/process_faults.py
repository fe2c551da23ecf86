"""Faults of the service's own processes: killed, stopped, or their files removed."""

from __future__ import annotations

import shutil
import signal

from benchmarks.chaos.site import Site, children, family, send


def kill_worker(site: Site) -> None:
    """Kill one of the workers."""
    if workers := site.workers():
        send([site.chance.choice(workers)], signal.SIGKILL)


def kill_template(site: Site) -> None:
    """Kill the template process, and with it every worker."""
    send(site.templates(), signal.SIGKILL)


def stop_template(site: Site) -> None:
    """Stop the template process for a while."""
    with site.stopped(site.templates()):
        site.nap(0.1, 2.0)


def stop_workers(site: Site) -> None:
    """Stop some workers for a while, some of them for longer than a rollout may take."""
    with site.stopped([one for one in site.workers() if site.chance.random() < 0.5]):
        site.nap(0.5, 4.0)


def pause_all(site: Site) -> None:
    """Stop every process, as a machine that sleeps does."""
    with site.stopped(family(site.pid)):
        site.nap(0.5, 4.0)


def kill_sandbox(site: Site) -> None:
    """Kill the sandbox host, and with it every program."""
    send(site.sandboxes(), signal.SIGKILL)


def kill_programs(site: Site) -> None:
    """Kill some of the processes in which programs run, and some programs."""
    inside = [one for host in site.sandboxes() for one in family(host)[1:]]
    send([one for one in inside if site.chance.random() < 0.3], signal.SIGKILL)


def stop_sandbox(site: Site) -> None:
    """Stop the sandbox host for a while."""
    with site.stopped(site.sandboxes()):
        site.nap(0.5, 3.0)


def stop_programs(site: Site) -> None:
    """Stop all that runs in the sandbox for a while."""
    with site.stopped([one for host in site.sandboxes() for one in family(host)[1:]]):
        site.nap(0.5, 3.0)


def remove_sockets(site: Site) -> None:
    """Remove the sandbox's sockets, as a cleaner of temporary files does."""
    for directory in site.temporary.glob("rule_rm_sandbox_*"):
        shutil.rmtree(directory, ignore_errors=True)


def remove_work(site: Site) -> None:
    """Remove the directories in which programs run."""
    for directory in site.temporary.glob("rule_rm_work_*"):
        shutil.rmtree(directory, ignore_errors=True)


def kill_other(site: Site) -> None:
    """Kill a child that is neither template nor sandbox, such as the writer of the journal."""
    known = {*site.templates(), *site.sandboxes()}
    if others := [one for one in children(site.pid) if one not in known]:
        send([site.chance.choice(others)], signal.SIGKILL)


FAULTS = (
    kill_worker,
    kill_template,
    stop_template,
    stop_workers,
    pause_all,
    kill_sandbox,
    kill_programs,
    stop_sandbox,
    stop_programs,
    remove_sockets,
    remove_work,
    kill_other,
)
