"""Trainers that take a Python file or an import path: one small module for each.

- `areal`, `openrlhf`, `slime`, `trl`, `verifiers`, `verl`, `ms_swift`: one for each trainer
- `rows`: turn a trainer's columns and the policy's messages into plain values
- `answering`: answer by a server at a URL, or by an engine in this process

The tests are in `tests/integrations`, and with real trainers in `tests/trainers`.
"""
