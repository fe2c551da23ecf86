from rule_rm import Score, Status
from rule_rm.engine.tally import Tally


def test_jobs_are_counted_by_what_came_of_them():
    tally = Tally()
    tally.count(Score(1.0), 0.25)
    tally.count(Score(0.0, Status.TIMEOUT), 0.75)
    tally.count(Score.unscored(Status.CRASH, "twice"), 2.0)
    tally.count_retried()
    assert tally.counts() == {"run": 3, "timeout": 1, "error": 0, "retried": 1, "crash": 1}
    assert tally.mean_seconds() == 1.0


def test_the_mean_time_is_0_before_the_first_job():
    assert Tally().mean_seconds() == 0.0
