"""Values as data, which is all that crosses between the processes.

- `values`, `decoding`: values as tagged JSON, and back
- `instants`, `arrays`, `tables`, `hints`: dates, NumPy's arrays, pandas' tables, type hints
- `twins`, `containers`: objects that cross as their state, and changes in them
- `frames`: the messages that carry them
"""
