"""Tables of pandas and arrays of NumPy's at the two ends of a channel."""

import pytest

from rule_rm import sandbox
from rule_rm.sandbox.inside.data import containers, decoding, twins, values
from tests.sandbox.test_corpora import cases, check, identified

numpy = pytest.importorskip("numpy")

RECORDS = numpy.array([(1, "a", [1.0, 2.0])], dtype=[("n", "i4"), ("s", "U3"), ("x", "f8", (2,))])
ARRAYS = {
    "records": RECORDS,
    "records by attributes": RECORDS.view(numpy.recarray),
    "dates": numpy.array(["2020-01-01", "NaT"], "M8[D]"),
    "objects": numpy.array([1, "a", None, [2]], object),
    "every second": numpy.arange(6)[::2],
    "transposed": numpy.array([[1, 2], [3, 4]]).T,
    "masked": numpy.ma.array([1, 2], mask=[False, True]),
}


@pytest.fixture(autouse=True)
def _judge(monkeypatch):
    monkeypatch.setattr(values, "more", twins.Crossing(is_judge=True))
    monkeypatch.setattr(values, "has_numpy", True)


def crossed(value):
    """Return what the other end makes of a value."""
    return decoding.decode(values.encode(value, lambda _: NotImplemented, 0, {}), None, [])


@pytest.mark.parametrize("value", ARRAYS.values(), ids=ARRAYS)
def test_an_array_of_any_kind_arrives_as_it_is(value):
    found = crossed(value)
    assert (type(found), found.dtype, found.shape) == (type(value), value.dtype, value.shape)
    assert str(found) == str(value)


def test_a_record_and_a_date_arrive_as_scalars():
    assert crossed(RECORDS[0]) == RECORDS[0]
    date = numpy.datetime64("2020-02-29")
    assert (crossed(date), type(crossed(date))) == (date, type(date))


@pytest.mark.parametrize(
    "form",
    [
        {"!": "ndarray", "v": ["O", [1], ["x"]]},
        {"!": "dates", "v": ["i8", [1], [1]]},
        {"!": "records", "v": [[10**12], [["n", {"!": "ndarray", "v": ["<i4", [1], [1]]}]]]},
        {"!": "records", "v": [[1], [["n", {"!": "ref", "v": 1}]]]},
        {"!": "view", "v": ["memmap", {"!": "ndarray", "v": ["<i4", [1], [1]]}]},
        {"!": "frame", "v": [1, 2, 3, 4]},
        {"!": "column", "v": ["masked", "object", [], []]},
    ],
    ids=lambda form: form["!"],
)
def test_a_form_that_no_honest_end_writes_is_refused(form):
    with pytest.raises(decoding.UndecodableError):
        decoding.decode(form)


def tables():
    """Return tables with all kinds of columns and labels."""
    pandas = pytest.importorskip("pandas")
    days = pandas.date_range("2020", periods=2, freq="D")
    columns = {
        "category": pandas.Categorical(["a", "b"], ordered=True),
        "integer": pandas.array([1, None], dtype="Int64"),
        "truth": pandas.array([True, None], dtype="boolean"),
        "text": ["x", None],
        "string": pandas.array(["x", None], dtype="string"),
        "zoned": days.tz_localize("US/Eastern"),
        "span": days - days[0],
        "month": pandas.period_range("2020-01", periods=2, freq="M"),
        "range": pandas.interval_range(0, 2),
        "float": numpy.array([1, numpy.nan], "f4"),
        "missing": [pandas.Timestamp("2020"), pandas.NaT],
        "object": [None, [1]],
    }
    two = pandas.MultiIndex.from_tuples([("a", "x"), ("a", "y")], names=["first", None])
    return pandas, [
        pandas.DataFrame(columns, index=days),
        pandas.DataFrame([[1, 2], [3, 4]], columns=two),
        pandas.DataFrame([[1, 2]], columns=["same", "same"]),
        pandas.DataFrame({"a": [1, 1], "b": [1, 2], "c": [3, 4]}).set_index(["a", "b"]),
        pandas.DataFrame(columns=["a"]),
        pandas.DataFrame(index=[1, 2]),
    ]


def test_a_table_arrives_as_it_is():
    pandas, given = tables()
    for table in given:
        found = crossed(table)
        assert type(found) is pandas.DataFrame
        pandas.testing.assert_frame_equal(found, table, check_exact=True, check_freq=True)


def test_a_series_and_values_of_pandas_arrive_as_they_are():
    pandas, given = tables()
    for name in given[0]:
        pandas.testing.assert_series_equal(crossed(given[0][name]), given[0][name])
    berlin = pandas.Timestamp("2020-01-01 00:00:00.000000005", tz="Europe/Berlin")
    for value in (berlin, pandas.Timedelta("1 days"), pandas.Interval(0, 1), pandas.Period("2020-01")):
        assert (crossed(value), type(crossed(value))) == (value, type(value))
    assert crossed(pandas.NaT) is pandas.NaT
    assert crossed(pandas.NA) is pandas.NA


def _new_column(frame):
    frame["b"] = frame["a"] * 2


def _cell(frame):
    frame.loc[1, "a"] = 9


def _row(frame):
    frame.loc[5] = [7, "z"]


def _name(frame):
    frame.index.name = "n"


@pytest.mark.parametrize("change", [_new_column, _cell, _row, _name])
def test_a_change_in_place_reaches_the_other_end(change):
    pandas = pytest.importorskip("pandas")
    ours, theirs = containers.Common(), containers.Common()
    mine = pandas.DataFrame({"a": [1, 2], "s": ["x", "y"]})
    form = values.encode(mine, lambda _: NotImplemented, 0, ours.memory)
    ours.agree()
    other = decoding.decode(form, None, theirs.items)
    theirs.agree()
    assert theirs.changes(lambda _: NotImplemented) == []
    change(other)
    ours.change(
        theirs.changes(lambda _: NotImplemented), lambda form, known: decoding.decode(form, None, known)
    )
    pandas.testing.assert_frame_equal(mine, other)


@pytest.mark.slow
def test_programs_with_tables_get_the_verdicts_that_they_deserve():
    pytest.importorskip("pandas")
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=("numpy", "pandas"))):
        for case in cases("tables.jsonl"):
            try:
                check(case)
            except AssertionError as error:
                raise AssertionError(identified(case)) from error
