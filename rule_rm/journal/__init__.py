"""The journal: scored rollouts, kept in a database and counted.

- `unscored_guard`: stops a run of which too much is unscored
- `journal`: takes scored requests from the service, without making them wait
- `counts`: counts by reward type and status, the log's lines and warnings
- `tallies`, `metrics`: counts by labels, and the page that Prometheus reads
- `pushing`: pushes means to wandb or trackio
- `traces`: spans for an OpenTelemetry collector
- `keeper`: the thread that hands batches to the writer
- `parcels`: a scored request as plain values
- `scribe`, `scribe_main`: the process that writes, as the service sees it, and its main program
- `backlog`: the memory in which batches wait for it
- `pace`: takes idle processors for the writing, and others where it is late
- `writer`: writes batches, and has the alarms look at them
- `store`: the database of one server, bounded in size and age
- `rows`: from a parcel to the rows of the database
- `sums`: sums by time, data source and reward type, from which plots are drawn
- `bins`: the parts of a window of time
- `search`, `merging`: searches the rollouts of one database, and puts those of several in one order
- `records`: rollouts as they are read, and the faults of files
- `reader`: reads the databases of several servers together
- `alarms`, `shares`, `drift`: signs of a broken or exploited reward
- `measures`, `exploits`: what drifts in the text of a response, and signs of a hack in it
- `sounding`, `bell`: an alarm, and where it goes
- `rechecks`: scores samples of paid responses again
- `export`: writes rollouts as JSON lines or Parquet

The tests are in `tests/journal`.
"""

from rule_rm.journal.journal import Journal
from rule_rm.journal.parcels import NOBODY, STEPS, Scored, Sender

__all__ = ["NOBODY", "STEPS", "Journal", "Scored", "Sender"]
