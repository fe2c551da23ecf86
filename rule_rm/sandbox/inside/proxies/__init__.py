"""Proxies in the judge of objects that stay in the program's process.

- `references`, `operators`, `special`: proxies, and the special methods of the objects behind them
- `value_references`, `deriving`, `exceptions`: subclasses of builtins, classes that derive, exceptions
- `signatures`: the arguments that a function takes
- `awaiting`: objects whose loop is in the other process
- `committing`: the value that an object equals, which the program names before it sees the test's data
"""
