"""Tables of pandas as data: frames, series, indexes, arrays of its own types, and the values in them.

Each is rebuilt from its columns, its index and their types, so that a test can use its own pandas on what a
program returns. A type that is not among these has no form: it stays an object of the program's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

TAGS = frozenset(
    ["frame", "series", "index", "multiindex", "rangeindex", "column", "instant", "missing", "place"]
)
_MASKED = (
    *(f"{sign}Int{size}" for sign in ("", "U") for size in (8, 16, 32, 64)),
    "Float32",
    "Float64",
    "boolean",
)
"""Types of columns whose values may be missing, by name."""

Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]


def is_of_pandas(kind: type) -> bool:
    """Return whether a class says that it is one of pandas'."""
    module = kind.__module__
    return module == "pandas" or module.startswith("pandas.")


def can_change(kind: type) -> bool:
    """Return whether objects of a class of pandas' are changed in place, and so are shared by both ends."""
    return is_of_pandas(kind) and kind.__name__ in ("DataFrame", "Series")


def _pandas() -> Any:
    return sys.modules.get("pandas") or __import__("pandas")


def form(value: Any, kind: type, encode: Encode) -> Any:
    """Return the form of an object of pandas'; None if it has none here."""
    try:
        return _form(value, kind, encode)
    except _NoFormError:
        return None


class _NoFormError(Exception):
    """A part of a type that is not known here."""


def _form(value: Any, kind: type, encode: Encode) -> Any:
    pandas = _pandas()
    if kind is pandas.DataFrame:
        columns = [_column(value.iloc[:, place].array, encode) for place in range(value.shape[1])]
        labels = [_index(value.columns, encode), _index(value.index, encode)]
        return {"!": "frame", "v": [*labels, columns, encode(dict(value.attrs))]}
    if kind is pandas.Series:
        content = [_index(value.index, encode), _column(value.array, encode)]
        return {"!": "series", "v": [*content, encode(value.name), encode(dict(value.attrs))]}
    if issubclass(kind, pandas.Index):
        return _index(value, encode)
    if value is pandas.NaT or value is pandas.NA:
        return {"!": "missing", "v": "NaT" if value is pandas.NaT else "NA"}
    if kind in (pandas.Timestamp, pandas.Timedelta):
        zone = None if kind is pandas.Timedelta else _zone(value.tz)
        return {"!": "instant", "v": [kind.__name__, encode(value.to_numpy()), zone]}
    if kind is pandas.Interval:
        return {"!": "place", "v": ["Interval", encode(value.left), encode(value.right), value.closed]}
    if kind is pandas.Period:
        return {"!": "place", "v": ["Period", value.ordinal, value.freqstr]}
    if isinstance(value, pandas.api.extensions.ExtensionArray):
        return {"!": "column", "v": _column(value, encode)}
    return None


def _zone(zone: Any) -> str | None:
    return None if zone is None else str(zone)


def _index(index: Any, encode: Encode) -> Any:
    pandas = _pandas()
    kind = type(index)
    names = encode(list(index.names))
    if kind is pandas.RangeIndex:
        return {"!": "rangeindex", "v": [index.start, index.stop, index.step, names]}
    if kind is pandas.MultiIndex:
        levels = [_column(index.get_level_values(place).array, encode) for place in range(index.nlevels)]
        return {"!": "multiindex", "v": [levels, names]}
    if not is_of_pandas(kind):
        raise _NoFormError(kind)
    frequency = getattr(index, "freqstr", None) if kind is not pandas.PeriodIndex else None
    return {"!": "index", "v": [_column(index.array, encode), names, frequency]}


def _column(array: Any, encode: Encode) -> Any:
    """Return a list of a kind and the parts from which an array of it is rebuilt."""
    pandas = _pandas()
    kind, dtype = type(array).__name__, array.dtype
    if _is_of_numpy(array) and dtype.kind in "biufcmMO":
        return ["numpy", encode(array.to_numpy())]
    if isinstance(dtype, pandas.CategoricalDtype):
        return ["Categorical", encode(array.codes), _index(array.categories, encode), bool(array.ordered)]
    if isinstance(dtype, pandas.DatetimeTZDtype):
        plain = pandas.DatetimeIndex(array).tz_convert("UTC").tz_localize(None).to_numpy()
        return ["zoned", encode(plain), _zone(dtype.tz)]
    if isinstance(dtype, pandas.StringDtype):
        cells = encode(array.to_numpy(dtype=object))
        return ["string", dtype.storage, getattr(dtype, "na_value", None) is not pandas.NA, cells]
    if isinstance(dtype, pandas.PeriodDtype):
        return ["Period", encode(array.asi8), dtype.name.removeprefix("period[").removesuffix("]")]
    if isinstance(dtype, pandas.IntervalDtype):
        return [
            "Interval",
            _column(array.left.array, encode),
            _column(array.right.array, encode),
            array.closed,
        ]
    if dtype.name in _MASKED:
        return ["masked", dtype.name, encode(array._data), encode(array._mask)]
    raise _NoFormError(kind)


def _is_of_numpy(array: Any) -> bool:
    """Return whether an array of pandas' only wraps one of NumPy's."""
    names = ("NumpyExtensionArray", "PandasArray")
    return type(array).__name__ in names or type(array.dtype).__module__.partition(".")[0] == "numpy"


def value(tag: str, content: Any, decode: Decode) -> Any:
    """Return the object of a form. Raises any exception if it is malformed."""
    return _MADE[tag](_pandas(), content, decode)


def _frame(pandas: Any, content: Any, decode: Decode) -> Any:
    columns, index, arrays, attributes = content
    index = decode(index)
    made = pandas.DataFrame(
        {place: _rebuilt(pandas, one, decode) for place, one in enumerate(arrays)}, index=index, copy=True
    )
    made.columns = decode(columns)
    made.attrs.update(decode(attributes))
    return made


def _series(pandas: Any, content: Any, decode: Decode) -> Any:
    index, array, name, attributes = content
    array = _rebuilt(pandas, array, decode)
    made = pandas.Series(array, index=decode(index), name=decode(name), dtype=array.dtype, copy=True)
    made.attrs.update(decode(attributes))
    return made


def _plain_index(pandas: Any, content: Any, decode: Decode) -> Any:
    array, names, frequency = content
    array = _rebuilt(pandas, array, decode)
    made = pandas.Index(array, dtype=array.dtype)
    made.names = decode(names)
    if frequency is not None:
        made.freq = str(frequency)
    return made


def _levels(pandas: Any, content: Any, decode: Decode) -> Any:
    levels, names = content
    arrays = [_rebuilt(pandas, one, decode) for one in levels]
    return pandas.MultiIndex.from_arrays(arrays, names=decode(names))


def _range(pandas: Any, content: Any, decode: Decode) -> Any:
    start, stop, step, names = content
    return pandas.RangeIndex(int(start), int(stop), int(step), name=decode(names)[0])


def _instant(pandas: Any, content: Any, decode: Decode) -> Any:
    kind, plain, zone = content
    made = {"Timestamp": pandas.Timestamp, "Timedelta": pandas.Timedelta}[kind](decode(plain))
    return made if zone is None else made.tz_localize("UTC").tz_convert(str(zone))


def _missing(pandas: Any, content: Any, decode: Decode) -> Any:
    return {"NaT": pandas.NaT, "NA": pandas.NA}[content]


def _place(pandas: Any, content: Any, decode: Decode) -> Any:
    kind, *parts = content
    if kind == "Period":
        return pandas.Period(ordinal=int(parts[0]), freq=str(parts[1]))
    return pandas.Interval(decode(parts[0]), decode(parts[1]), str(parts[2]))


def _rebuilt(pandas: Any, content: Any, decode: Decode) -> Any:
    """Return the array of a column."""
    kind, *parts = content
    return _ARRAYS[kind](pandas, decode, *parts)


def _categories(pandas: Any, decode: Decode, codes: Any, categories: Any, ordered: Any) -> Any:
    return pandas.Categorical.from_codes(decode(codes), decode(categories), ordered=bool(ordered))


def _zoned(pandas: Any, decode: Decode, plain: Any, zone: Any) -> Any:
    return pandas.DatetimeIndex(decode(plain)).tz_localize("UTC").tz_convert(str(zone)).array


def _strings(pandas: Any, decode: Decode, storage: Any, is_nan: Any, cells: Any) -> Any:
    given = {"na_value": float("nan")} if is_nan else {}
    return pandas.array(decode(cells), dtype=pandas.StringDtype(str(storage), **given))


def _periods(pandas: Any, decode: Decode, ordinals: Any, frequency: Any) -> Any:
    return pandas.PeriodIndex.from_ordinals(decode(ordinals), freq=str(frequency)).array


def _intervals(pandas: Any, decode: Decode, left: Any, right: Any, closed: Any) -> Any:
    ends = (_rebuilt(pandas, one, decode) for one in (left, right))
    return pandas.arrays.IntervalArray.from_arrays(*ends, closed=str(closed))


def _masked(pandas: Any, decode: Decode, name: Any, data: Any, mask: Any) -> Any:
    if name not in _MASKED:
        raise ValueError("no type of a column")
    made = pandas.array(decode(data), dtype=name)
    made[decode(mask)] = pandas.NA
    return made


_ARRAYS: dict[str, Callable[..., Any]] = {
    "numpy": lambda pandas, decode, array: decode(array),
    "Categorical": _categories,
    "zoned": _zoned,
    "string": _strings,
    "Period": _periods,
    "Interval": _intervals,
    "masked": _masked,
}
_MADE: dict[str, Callable[[Any, Any, Decode], Any]] = {
    "frame": _frame,
    "series": _series,
    "index": _plain_index,
    "multiindex": _levels,
    "rangeindex": _range,
    "column": _rebuilt,
    "instant": _instant,
    "missing": _missing,
    "place": _place,
}


def state(table: Any) -> Any:
    """Return the parts of a frame or a series by which a change is found, which are compared at once."""
    is_frame = hasattr(table, "columns")
    arrays = [table.iloc[:, place].array for place in range(table.shape[1])] if is_frame else [table.array]
    first = _Axis(table.columns) if is_frame else _Same([table.name])
    return (first, _Axis(table.index), *(_seen(array) for array in arrays), _Same(table.attrs.items()))


def _seen(array: Any) -> Any:
    if _is_of_numpy(array) and array.dtype.kind != "O":
        return (str(array.dtype), array.to_numpy().tobytes())
    return (str(array.dtype), _Same(array))


class _Same(list[Any]):
    """Objects that are the same, or plain data that is shown alike; no object of a program is asked."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Same)
            and len(self) == len(other)
            and all(one is two or _is_alike(one, two) for one, two in zip(self, other, strict=True))
        )

    __hash__ = None


class _Axis:
    """An index, which never changes itself; only its names do."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._names = _Same(index.names)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Axis) or self._names != other._names:
            return False
        return self._index is other._index or _Same(self._index) == _Same(other._index)

    __hash__ = None  # type: ignore[assignment]


def _is_alike(one: Any, two: Any) -> bool:
    kind = type(one)
    is_known = kind in (str, int, float, tuple) or is_of_pandas(kind) or kind.__module__ == "numpy"
    return kind is type(two) and is_known and repr(one) == repr(two)


def fill(table: Any, other: Any) -> None:
    """Make a frame or a series hold what another holds."""
    table._update_inplace(other)
    table.attrs.clear()
    table.attrs.update(other.attrs)
