"""Test files, collected and run as unittest and pytest do it.

- `unit_tests`, `unittest_cases`, `marks`: find tests, with their parameters and skips, and run them
- `found`, `outcomes`: one test, and how it ended
- `pytest_stand_in`, `supplied`: the parts of pytest that a test file imports, and pytest's own fixtures
- `patching`, `capturing`, `following`: mocks, captured output, and state that a test changes
"""
