"""Read and check structured output.

- `schemas/`: JSON Schema validation
- `instructions`: verifiable instructions (IFEval)
- `strict`: strict JSON parsing

Tests: `tests/structured/`.
"""
