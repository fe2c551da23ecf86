"""The places where a response can have its answer, and which of them has it.

- `boxes`, `box_sentences`: boxes, and a box with nothing but a sentence in it
- `anchors`, `prose`, `last_lines`: the answer that words declare, or that of the last sentence or line
- `verdict_words`: the yes or no that begins the last sentence
- `equations`: equations that are one answer, chains, rounded values, and LaTeX without delimiters
- `rivals`: the value at a place, and the other one after "or"
- `new_numbers`, `tables`: the numbers that a question does not have; the row of a table that answers
"""
