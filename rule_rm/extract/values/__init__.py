"""The value at a place: a number, a formula or a field, with all that belongs to it.

- `numbers`, `plain_numbers`: a number with its sign, power, range and hedge
- `spelled`, `written_out`: numbers in words and in digits, infinity and plain formulas
- `surroundings`: the formula around a box
- `fields`: answers in a field of JSON
"""
