"""Check the rows of a golden dataset for any reward, before a run pays for their faults.

- `examination`: all checks on all rows, in one pass over the file
- `row_faults`: rows that can't be read, and texts that were broken on their way
- `repeats`: repeated questions, conflicts, near-duplicates, lookups that find another question
- `circumstances`: choices, tools, pictures and earlier messages, which make one question several
- `offers`: golden answers that the question does not offer: letters without choices, calls of other tools
- `contradictions`: instructions of one prompt that exclude each other
- `impossible`: targets and schemas that no response can reach
- `rubrics`: rows about which a judge's template can't ask, and criteria that repeat or contradict
- `earnings`: golden answers that don't earn the reward themselves, rows that no route takes, slow rows
- `math_goldens`: golden answers of mathematics, read in a process that may be killed
- `programs`: tests of programs that can't be used, or accept broken programs
- `cleaned`: a copy without the rows that have faults, and a list of these
- `findings`: the findings of all checks

The tests are in `tests/workbench/dataset_check`.
"""
