"""A process with one thread hears of its children and of its messages, whichever come first."""

from __future__ import annotations

import json
import subprocess
import sys

# In a process of its own, as it changes how signals are handled.
WATCHING = """
import json, os, signal, socket
from rule_rm.processes.children import Watch, ended

ours, theirs = socket.socketpair()
watch = Watch(ours)
first = os.fork()
if first == 0:
    watch.forget()
    is_default = signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL
    os._exit(0 if is_default and signal.set_wakeup_fd(-1) == -1 else 1)
found = [(watch.wait(), "of the child")]
theirs.send(b"x")
found.append((watch.wait(), "of the message"))
ours.recv(1)
theirs.close()
found.append((watch.wait(), "of the end"))
second = os.fork()
if second == 0:
    os._exit(3)
os.waitid(os.P_PID, second, os.WEXITED | os.WNOWAIT)
print(json.dumps([first, second, found, ended(), ended()]))
"""


def test_the_end_of_a_child_a_message_and_the_end_of_messages_are_heard():
    done = subprocess.run([sys.executable, "-c", WATCHING], check=True, capture_output=True)
    first, second, found, ended, again = json.loads(done.stdout)
    assert found == [
        [[{f"{first}": 0}, False], "of the child"],
        [[{}, True], "of the message"],
        [[{}, True], "of the end"],
    ]
    assert (ended, again) == ({f"{second}": 3}, {})
