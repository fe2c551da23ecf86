"""The viewer: pages that show the journal, on a port of their own.

- `app`: the application, its access and its headers
- `overview`: the figures of the first page
- `rollouts`: the pages to read rollouts
- `again`: scores a recorded rollout once more
- `plots`: from numbers to SVG
- `formats`: from values to text

Pages are made whole by the server, from `templates`. The only script replaces parts of them with newer ones.
Tests: `tests/web/viewer`.
"""

from rule_rm.web.viewer.app import create_viewer

__all__ = ["create_viewer"]
