"""Ask a judge over HTTP.

- `judge_client`: a question in, a reply out before its deadline
- `client_options`, `start_check`: the options, and the check at start that there is a judge
- `cache`, `flights`: remember replies, and ask equal questions once
- `asking`: the attempts of one question; `failure` says why one failed
- `gate`, `breaker`, `budget`, `servers`: limits, rest for failing servers, retries, the choice of a server
- `formats`, `completions`: the shapes of replies that a server knows, and how they are read
- `tally`: counts and cost
- `question`: the types that cross this seam

The tests are in `tests/judge`, in the files `test_client_*`.
"""
