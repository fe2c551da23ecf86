"""The verdicts of all judges of one program."""

from rule_rm.sandbox.running.judged import FILES, TIMEOUT, Judged

KILLED = {"stopped": "timeout", "judge_exit": -9}


def test_no_judge_is_asked_again_when_the_last_test_has_hung():
    judged = Judged(1)
    judged.add([b'{"tests": 2}', b'["", 1, false]'], KILLED)
    assert judged.is_over
    assert judged.verdict().outcomes == ["", TIMEOUT]


def test_another_judge_goes_on_after_a_test_that_hangs():
    judged = Judged(1)
    judged.add([b'{"tests": 2}'], KILLED)
    assert not judged.is_over
    judged.add([b'["", 1, false]', b'{"done": true}'], {"stopped": "", "judge_exit": 0})
    assert judged.is_over
    assert judged.verdict().outcomes == [TIMEOUT, ""]


def test_a_judge_that_ends_without_a_word_counts_as_one_that_hangs():
    judged = Judged(9)
    judged.add([], {"stopped": "", "judge_exit": 99})
    judged.add([], {"stopped": "files", "judge_exit": -9})
    assert judged.hung == 2
    assert judged.verdict().outcomes[:2] == ["the judge failed", FILES]
