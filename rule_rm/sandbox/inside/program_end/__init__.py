"""The program: an untrusted process, and its end of the channel to the judge.

- `program`: the body of the process
- `serving`, `duties`: the end of the channel, and the requests that it answers
- `borrowing`: references to the test's objects, which ask the judge
- `held`, `tasks`: containers of the program's own classes, and its awaitables
"""
