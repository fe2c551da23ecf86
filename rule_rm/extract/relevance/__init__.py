"""Whether a statement is about what the question asks, or about something else.

- `asked_about`, `asked_labels`: other persons, times or deeds; labels in the words of the question
- `quantities`: a quantity of another kind than the one asked for, or a number of the speaker's own
- `conditions`, `contrasts`: conditions without a word of the question; "not 41 but 42"
- `other_quantities`, `said_of_value`, `contradictions`: free prose about another quantity
- `symbols`: letters of other quantities than the one asked for
"""
