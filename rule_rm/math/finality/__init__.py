"""Decide whether an answer of the right value is worked out: `3+4` does not answer `3+4=?`.

* `work`: the operations that a number's expression leaves open
* `shapes`: an expression up to order and grouping, and with its arithmetic carried out
* `formulas`: the formulas, numbers and tasks of a question
* `rewriting`: answers in variables that rearrange an expression of the question
* `copying`: answers that repeat the question word for word, or leave its ratio as it is
* `golden_forms`: the forms that a golden answer makes final
* `unfinished`: the decision

Tests: `tests/math/finality`.
"""
