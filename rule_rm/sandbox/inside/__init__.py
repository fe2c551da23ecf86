"""The processes inside the confinement, around untrusted programs.

- `zygote`, `warm_up`: a warm interpreter that forks a confined process for each Python program
- `commands`, `footprint`: the launcher of all other languages, and its use of the disk
- `program`: the body of a process that runs an untrusted Python program
- `judge`, `unit_tests`, `pytest_stand_in`, `outcomes`: run tests as code, and what became of them
- `channel`, `references`, `exceptions`, `special`: the judge's connection to the program, and its stand-ins
- `lending`, `patching`, `capturing`: what a test lends to the program, replaces in it, and reads of it
- `serving`, `borrowing`: the program's end of that channel, and of what is lent
- `values`, `frames`: values as data, and messages
- `processes`: start programs, wait for them, and end every one of them
- `confine`, `landlock`, `seccomp`, `syscalls`, `kernel`: the layers of confinement

They are started on their own, by an isolated interpreter that may read nothing else of the package: standard
library only. Only the judge knows an expected answer, and its process runs no untrusted code.

The tests are in `tests/sandbox`.
"""
