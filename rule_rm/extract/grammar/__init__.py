"""The parts of a sentence that states something: its subject, its predicate, and where it begins.

- `sentences`, `predicates`: the sentence before a value, and the verbs that lead to one
- `names`, `subjects`, `vocabulary`: whether a name, label or subject can mean the answer, by its words
"""
