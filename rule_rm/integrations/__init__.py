"""Trainers that take a Python file or an import path: one small module for each.

- `areal`, `easyr1`, `openrlhf`, `rllm`, `skyrl`, `slime`, `trl`, `verl`, `ms_swift`: one for each trainer
- `verifiers`, `verifiers_v1`: for its rubrics, and for its tasks
- `images`: images as data URLs, if they are wanted
- `rows`: turn a trainer's columns and the policy's messages into plain values
- `answering`: answer by a server at a URL, or by an engine in this process
- `unscored`: the value of a rollout that was not scored, for each trainer

The tests are in `tests/integrations`, and with real trainers in `tests/trainers`.
"""
