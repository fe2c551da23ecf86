"""Run a program in a sandbox.

- `execution`: the contract: a program with its limits goes in, its outcome comes out as data
- `local`, `remote`: the sandbox of this machine, and one behind a URL
- `remote_calls`: calls of functions in one behind a URL
- `python_session`, `command_session`, `languages`: programs in Python, and in the other languages
- `trees`, `claims`, `certain`, `swallowed`, `counting`: what a test claims, and what claims nothing
- `judged`, `needs`, `assigned`: tests that run as code, and what they need from the program
- `connection`, `waiting`: a client's connection to the sandbox host, and who waits for it until when

The tests are in `tests/sandbox`.
"""
