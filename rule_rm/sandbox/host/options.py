"""The options of the sandbox on this machine."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How the host starts; the defaults suit a server that runs Python alone."""

    backend: str = "auto"
    """The name of a backend, or "auto" for the strongest that holds here."""
    allow_weak: bool = False
    """Start even if only resource limits are available."""
    slots: int = os.cpu_count() or 1
    """Programs that run side by side, of each kind: one for each processor."""
    python: str = sys.executable
    """The interpreter that programs run in; they may import the packages that are installed for it."""
    preload: tuple[str, ...] = ("numpy",)
    """Modules that are imported before any program starts, where they are installed."""
    toolchains: tuple[str, ...] = ()
    """Directories outside of the system's with compilers in their `bin`, such as that of a Rust toolchain."""
