"""Run a program in a sandbox.

- `execution`: the contract: a program with its limits goes in, its outcome comes out as data
- `local`, `remote`, `remote_calls`: the sandbox of this machine, one behind a URL, and calls of functions there
- `python_session`, `command_session`, `languages`: programs in Python, and in the other languages
- `judged`, `claims`, `needs`, `assigned`: tests that run as code, and what they need from the program
- `connection`: a client's connection to the sandbox host

The tests are in `tests/sandbox`.
"""
