"""The workbench around the server: the same rewards, engine and configuration, before a run and after it.

The tests are in `tests/workbench`.
"""
