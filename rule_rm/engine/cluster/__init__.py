"""The cluster: an engine whose workers are on the nodes of a Ray cluster (`--engine ray`).

    engine's queue ──► courier of a node ──► Ray actor: node ──► its own queue, pool and workers
                  ◄──  one for each node ◄──                ◄──

- `workforce`: finds the nodes, starts an actor on each, and lets go of those that are lost
- `courier`: carries jobs to one node and scores back; gives the jobs of a lost node to the others
- `node`: runs in the actor: the workers of one machine, as the engine has them locally
- `ray_node`: the only module that knows Ray

Plain cases, equal work, residents, deadlines and the cache stay with the engine, so verdicts are those of the
local engine. The tests are in `tests/engine/cluster`.
"""
