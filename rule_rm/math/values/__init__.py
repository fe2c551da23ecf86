"""The values that an answer can have, and the verdict on two of them.

- `answers`: the kinds of answers
- `expression`: an expression as a tree
- `units`, `unit_table`: units of measurement, and the known ones
- `elements`: the symbols of the chemical elements
- `verdict`: the result of a comparison

The tests are in `tests/math`.
"""
