"""The service over HTTP. Flask is known here and nowhere else."""

from rule_rm.web.app import create_app
from rule_rm.web.background import RunningServer, start_server

__all__ = ["RunningServer", "create_app", "start_server"]
