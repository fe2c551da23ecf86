"""Read and check structured output.

- `schemas/`: JSON Schema validation
- `instructions`: verifiable instructions (IFEval)
- `coordinates`: boxes and points of an image
- `data_languages`: YAML and TOML, read as strictly
- `xml_schema`: XML and XML Schema, by lxml, without entities
- `lean`: statements and proofs of Lean 4
- `strict`: strict JSON parsing
- `possible_answers`: the possible arguments of a call that BFCL lists
- `tool_calls`: tool calls as models write them, in the ways of their families
- `token_calls`, `prose_calls`, `python_calls`: the ways with tokens, in prose and in Python
- `written`: a value of a call that has no type

Tests: `tests/structured/`.
"""
