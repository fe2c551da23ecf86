"""Reduce a response to the text that a reader sees: its own turn, without thinking and hidden text.

- `followers`, `hidden`: text after the response's own turn, and text that a reader does not see
- `tags`, `tag_faults`: `<think>` and `<answer>`, and the rule of the tagged format that a response breaks
- `redefined`: macros to which a response gives another meaning
- `visible`, `lengths`, `scripts`: characters with a shape, lengths, the scripts of letters
- `free_text`: a translation, a summary, a transcript
"""
