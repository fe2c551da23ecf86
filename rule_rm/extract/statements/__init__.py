"""Whether the words around a value state it as the answer.

- `claims`, `clauses`, `labels`: the words before it
- `followups`, `continuations`, `changes`, `sequels`: whether the words behind it take it back
- `approximations`: "around 42" where an exact number is asked for
- `closing_remarks`: remarks that may follow an answer
"""
