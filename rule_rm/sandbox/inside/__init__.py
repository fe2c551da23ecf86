"""The processes inside the confinement, around untrusted programs.

- `zygote`, `warm_up`: a warm interpreter that forks a confined process for each Python program
- `commands`: the launcher of all other languages
- `pairs`: a judge and its program, side by side, with a shared directory if the test has to do with files
<<<<<<< HEAD

The rooms, each above those that it imports:

- `judge_end`, `program_end`: the two ends of the channel: the judge that runs a test, and the program
- `proxies`: the program's objects, as the judge has them
- `test_files`: test files, collected and run as unittest and pytest do it
- `data`: values as data
- `confinement`: what a process may do, how long it runs, and its end
=======
- `judge`, `outcomes`: run tests as code, and record their outcomes
- `unit_tests`, `unittest_cases`, `marks`, `found`: collect tests as unittest and pytest do
- `pytest_stand_in`, `supplied`: what such a file imports of pytest, and its fixtures
- `channel`, `sending`, `receiving`: the judge's connection to the program, and what crosses on it
- `references`, `operators`, `special`: proxies of the program's objects, and their special methods
- `value_references`, `deriving`, `exceptions`: subclasses of builtins, classes that derive, exceptions
- `signatures`: which arguments a function of the test's takes
- `committing`: the value that an object of the program's equals, named before it sees data
- `reaching`, `following`: what a test uses or changes besides the program's names
- `lending`, `lent_types`: objects of the test that the program uses, and those of the library among them
- `patching`, `capturing`, `foreign`: mocks of the test, captured output, code to run
- `described`: what a descriptor of the program's keeps in an object of the test's
- `showing`: the program's output, warnings and log, where the test looks for its own
- `serving`, `duties`, `borrowing`: the program's end of the channel, its requests, and the lent objects
- `held`: containers of the program's own classes
- `awaiting`, `tasks`: awaitables of the program: how the judge waits for one, and where it runs
- `values`, `decoding`: values as data, and back
- `instants`, `arrays`, `tables`, `hints`: dates, NumPy's arrays, pandas' tables, type hints
- `twins`, `containers`, `frames`: objects that cross as their state, what changes in them, and messages
- `processes`: start programs, wait for them, and end every one of them
- `own_clock`: the time of a program, without pauses of the machine
- `confine`, `landlock`, `seccomp`, `syscalls`, `kernel`: the layers of confinement
>>>>>>> 806d44a ([reward] Tests that pass threads, futures, parsers, tasks and type hints are judged; iterators yield shared objects)

They are started on their own, by an isolated interpreter that may read nothing else of the package: standard
library only. Only the judge knows an expected answer, and its process runs no untrusted code.

The tests are in `tests/sandbox`.
"""
