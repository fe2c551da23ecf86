"""Write the judge's prompt from a rollout, with the policy's text fenced off.

- `case`: the parts of a rollout that a judge sees; `dialogue` reads the conversation before the response
- `screen`, `openers`: responses without content, which no judge needs to see
- `templates`, `declaration`: the templates, and the declaration at the head of each
- `criteria`: the criteria of a rubric
- `injection`, `slots`: keep untrusted text in its fence, and from speaking for others

The tests are in `tests/judge`.
"""
