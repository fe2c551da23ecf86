"""Trainers that take a Python file or an import path: one small module for each.

- `areal`, `openrlhf`, `slime`, `trl`, `verifiers`, `verifiers_v1`, `verl`, `ms_swift`: one for each trainer
- `rows`: turn a trainer's columns and the policy's messages into plain values
- `answering`: answer by a server at a URL, or by an engine in this process
- `unscored`: the value of a rollout that was not scored, for each trainer

The tests are in `tests/integrations`, and with real trainers in `tests/trainers`.
"""
