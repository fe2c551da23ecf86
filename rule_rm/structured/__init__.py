"""Read and check structured output.

- `schemas/`: JSON Schema validation
- `instructions`: verifiable instructions (IFEval)
- `coordinates`: boxes and points of an image
- `data_languages`: YAML and TOML, read as strictly
- `xml_schema`: XML and XML Schema, by lxml, without entities
- `lean`: statements and proofs of Lean 4
- `strict`: strict JSON parsing

Tests: `tests/structured/`.
"""
