"""Read an answer: from text to a value.

- `reader`: the entry, which reads the outermost structure first
- `choice`, `question`: the letter of a choice, and facts that only the question has
- `normalise`, `characters`, `typography`, `siunitx`, `spelling`: one way of writing for all usual ones
- `notations`: isotopes, cycles and other notations of a whole text
- `tokens`, `letters`, `vocabulary`: from text to tokens, and the names of mathematics
- `brackets`, `cursor`: places in a list of tokens
- `conditions`, `domains`: values with conditions on their variables
- `joining`: several values with commas, "and" or "or" between them
- `relations`, `value_names`: equations and other relations, and the name in `name = value`
- `sets`, `structures`, `logic`, `sentences`, `calendar`: other values with a structure
- `rates`, `measured`, `extremes`: rates of growth, vectors with a unit, and extreme values with their places
- `placed`, `textbook`: statements about a place, and golden answers as textbooks print them
- `combined_sets`, `moments`: complements and products of sets, and expected values
- `spans`: spans of vectors and functions
- `angles`: degrees, minutes and directions
- `quantities`, `unit_names`, `number_words`, `phrases`, `wording`: values without one
- `parser`, `powers`, `functions`, `series`, `products`, `variables`, `numerals`: from tokens to an expression

The tests are in `tests/math`.
"""
