"""Attack a reward: by hacks that must earn nothing, and by a search that sees no answer.

- `trial`: one attack from beginning to end
- `attack`: run the families against a reward, and count the paid and the missed cases
- `blind`: search for a policy that earns without seeing an answer
- `genomes`, `pieces`: the policies of the search, and the parts of a prompt that they use
- `paid_constants`: a response that is paid for different answers
- `math_verify_alone`: math-verify as a reward, for comparison
- `report`: the result as text and as JSON
- `samples`: rows for rewards that are attacked without a dataset
- `targets`: the rows to attack, with right and wrong answers
- `families`, `target`: the registry of families, and the material that a family gets
- `empty_hacks`, `text_hacks`, `marked_hacks`, `code_hacks`, `data_hacks`: the hacks
- `invariances`: the right answer in other words

The tests are in `tests/workbench/attack`.
"""
