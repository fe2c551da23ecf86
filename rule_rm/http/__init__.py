"""Send HTTP requests: shared by the client, judges, reward models and the remote sandbox.

- `endpoints`: choose among several URLs
- `transport`: one request over a pooled connection, within a deadline
"""
