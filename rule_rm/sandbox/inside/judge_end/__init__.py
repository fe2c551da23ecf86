"""Run a test and ask the program over the channel; only this end knows the expected values.

- `judge`: run tests as code
- `channel`, `sending`, `receiving`: the connection to the program, and the forms that cross on it
- `lending`, `lent_types`, `described`: objects that the test lends, descriptors of the program
- `foreign`: code that the program may have written
- `patterns`, `subclasses`: classes of the program in patterns of `match`, and in `issubclass`
- `reaching`: a test's reach beyond the names of the program
- `showing`: the program's output, warnings and log, shown where the test looks for its own
"""
