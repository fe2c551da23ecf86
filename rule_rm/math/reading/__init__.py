"""Read an answer: from text to a value.

- `reader`: the entry, which reads the outermost structure first
- `choice`, `question`: the letter of a choice, and facts that only the question has
- `normalise`, `characters`, `typography`, `spelling`: one way of writing for all usual ones
- `notations`: isotopes, cycles and other notations of a whole text
- `tokens`, `letters`, `vocabulary`: from text to tokens, and the names of mathematics
- `brackets`, `cursor`: places in a list of tokens
- `conditions`, `relations`, `sets`, `structures`, `logic`, `sentences`, `calendar`: values with a structure
- `quantities`, `numerals`, `number_words`, `phrases`: values without one
- `parser`, `functions`: from tokens to an expression

The tests are in `tests/math`.
"""
