"""The processes inside the confinement, around untrusted programs.

- `zygote`, `warm_up`: a warm interpreter that forks a confined process for each Python program
- `commands`: the launcher of all other languages
- `pairs`: a judge and its program, side by side, with a shared directory if the test has to do with files

The rooms, each above those that it imports:

- `judge_end`, `program_end`: the two ends of the channel: the judge that runs a test, and the program
- `proxies`: the program's objects, as the judge has them
- `test_files`: test files, collected and run as unittest and pytest do it
- `data`: values as data
- `confinement`: what a process may do, how long it runs, and its end

They are started on their own, by an isolated interpreter that may read nothing else of the package: standard
library only. Only the judge knows an expected answer, and its process runs no untrusted code.

The tests are in `tests/sandbox`.
"""
