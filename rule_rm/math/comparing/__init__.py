"""Compare two values: from two values to a verdict.

- `equal`: whether two values are the same, by one rule for each pair of kinds
- `described`, `asked`: the words around a value, and the form for which the question asks
- `settling`: signs and equations within a value
- `amounts`, `rounding`, `scales`: quantities in their units, decimals that round a value, and temperatures
- `identity`, `modular`, `losses`: whether two expressions are the same function
- `points`, `kinks`, `edges`, `jumps`: the points at which they are compared, in every piece and on its edges
- `floats`: an expression along one variable, to find these points
- `program`: the values of two expressions at a point, each distinct part worked out once
- `matrices`, `conjugates`: the same for letters that are matrices, and for conjugates
- `exact`, `divisors`, `approximate`: the value of an expression, as a fraction or to many digits
- `equations`, `statements`, `names`: equations, chains of them, and values with names
- `lines`, `implicit`: lines as sets of points, and solutions of differential equations as equations
- `real_sets`, `pieces`: sets of numbers, and functions by cases
- `families`, `renaming`: values with free parameters, and values with other names for their variables
- `definitions`: letters that are defined behind a formula
- `integration`, `constants`: constants of integration, and the letters that can be one
- `progressions`, `set_algebra`: lists that go on, and sets named by letters
- `ratios`, `vectors`, `spans`: ratios, values that are vectors, and spans of them
- `confidence`, `growth`, `groups`: confidence intervals, rates of growth, and products of cyclic groups
- `things`: times, dates, congruences and propositions
- `describe`: a value in words for a person
- `infinite`, `recurrences`: infinite series term by term, and recurrences for any term

The tests are in `tests/math`.
"""
