"""Grade a program: read the tests of a problem and decide the result of each run.

- `grade`: run a program against its tests
- `formats`, `limits`, `suites`: read tests in any format with their limits, and the kinds of tests that
  they become
- `asserts`, `files`: tests written as asserts, and tests that have to do with files
- `outside`, `sharing`: tests that can't be judged from another process
- `compare`, `checkers`: the rules for equal outputs, and programs that check an output
- `rows`: whether two queries give the same rows
- `source`: the program or the query in a response
- `strength`, `equivalence`: how many broken programs the tests of a row catch, and which are not broken

The tests are in `tests/sandbox`.
"""
