"""The layers of confinement around a program, and the end of everything that it started.

- `confine`, `landlock`, `seccomp`, `syscalls`, `kernel`: the layers, and the kernel's interfaces to them
- `processes`: start programs, wait for them, and end every one of them
- `own_clock`: the time of a program, without pauses of the machine
- `footprint`: the use of the disk by a running command
- `gaps`: fill the gaps in a process's memory, so that its forks copy less of it
"""
