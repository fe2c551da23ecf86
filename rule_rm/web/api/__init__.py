"""The description of the HTTP interface, made of the routes, the wire formats and the settings.

- `described`: marks a view with its body, its reply and its statuses
- `schemas`: JSON schemas of wire formats, replies and errors
- `document`: the OpenAPI document of an application
- `pages`: `GET /openapi.json`, and `GET /docs` to read

Tests: `tests/web/api/`.
"""
