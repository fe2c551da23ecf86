"""The workbench around the server: the same rewards, engine and configuration, before a run and after it.

- `row_files`: read rows from files of any kind, shards, datasets and the standard input
- `inspect_logs`, `trainer_logs`: read inspect's archives and slime's dumps
- `nested_rows`: split rows that hold several rollouts, as ms-swift and verifiers write them
- `columns`: find the column of each part of a rollout, by option, by trainer or by name
- `rollout_rows`: turn rows into rollouts; name and count bad rows
- `scoring`: score rollouts by a service in this process or by a running server
- `scoring_run`: score whole files, and go on where an earlier run was cut off
- `results_file`: write results as JSONL or Parquet, read them back
- `in_python`: `rule_rm.score` and `rule_rm.explain`
- `flips`: compare two scores of each rollout
- `report`: a page on the results, with plots and rollouts to read
- `tally`, `progress`: totals by data source, and the state of a run
- `attack`: hacks that a reward must not pay, and a search for a policy that earns without seeing an answer
- `explanation`: the steps of one score
- `machine`: the facts of `rule-rm doctor`
- `templates`: the files of `rule-rm new`
- `dataset_check`: faults in the rows of a dataset, for any reward
- `rows`: the rows of a dataset with all of their columns
- `forms`, `right_answers`, `instances`: right answers from ground truths, in the form that a reward reads
- `single_scores`: score single rollouts by an engine in this process
- `intervals`: intervals of counted shares

The tests are in `tests/workbench`.
"""
