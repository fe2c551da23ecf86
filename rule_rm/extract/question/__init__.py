"""Read the question: the sentence that asks, the quantity that it asks for, and the words it uses.

- `asked`, `asked_for`: the sentence that asks, and the quantity that it asks for
- `asked_cases`: other numbers, a part, or another comparison than the one asked for
- `counted`: units and counted things
- `echoes`: whether a clause is in the words of the question
- `comparisons`, `units`: which two are compared, and in which order; the table of units
"""
