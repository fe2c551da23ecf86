"""Send HTTP requests: shared by the client, judges, reward models and the remote sandbox.

From top to bottom:

- `retry`: repeat an attempt on other endpoints, after pauses; read Retry-After
- `endpoints`: take turns among several URLs, leaving those alone that failed
- `transport`: one exchange with one server over kept connections, within a deadline
- `connections`: those connections, whose replies end at the deadline
- `proxies`: the proxy of the environment
- `replies`: decode a reply, quote an error

The tests are in tests/http, tests/client, tests/judge (test_client_*) and tests/models/test_remote.
"""
