"""The table of units, compared with a third-party library, and the messages about units."""

from fractions import Fraction

import pytest

from rule_rm.math.compare import compare
from rule_rm.math.values.unit_table import CENTS, CURRENCIES, FOREIGN, entries
from rule_rm.math.values.units import read_unit

pint = pytest.importorskip("pint", reason="the registry to compare with is not installed")
PLAIN, SYMBOLS, NAMES = entries()
BASES = {
    "length": "meter",
    "mass": "kilogram",
    "time": "second",
    "current": "ampere",
    "temperature": "kelvin",
    "amount": "mole",
    "light": "candela",
    "data": "bit",
}
# Of these there are several definitions: the metric ton, the Gregorian year, the international acre.
DEFINED_OTHERWISE = {"ton", "month", "yr", "year", "decade", "century", "acre", "rpm", "t", "Å"}
NO_UNITS_OF_PINT = {"share", "angle", "celsius", "fahrenheit"}


def ours():
    words = {name for table in (CURRENCIES, CENTS, FOREIGN) for name in table.replace(":", " ").split()}
    for table in (SYMBOLS, NAMES, PLAIN):
        for name, (powers, factor) in table.items():
            known = powers.keys() <= BASES.keys() and name not in words | DEFINED_OTHERWISE
            if known:
                yield name, powers, factor


def test_every_unit_is_that_of_the_registry():
    registry = pint.UnitRegistry()
    compared = 0
    for name, powers, factor in ours():
        try:
            theirs = registry.Quantity(1, name).to_base_units()
        except (pint.UndefinedUnitError, pint.DefinitionSyntaxError):
            continue
        expected = registry.Quantity(float(factor), "")
        for measure, power in powers.items():
            expected = expected * registry.Quantity(1, BASES[measure]) ** power
        assert theirs.dimensionality == expected.dimensionality, name
        assert float(theirs.to(expected.units).magnitude) == pytest.approx(float(factor), rel=1e-6), name
        compared += 1
    assert compared > 90


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kW", "kJ/s"),
        ("N", "kg m/s^2"),
        ("J", "N m"),
        ("Pa", "N/m^2"),
        ("V", "J/C"),
        ("Ω", "V/A"),
        ("F", "C/V"),
        ("Wb", "V s"),
        ("T", "Wb/m^2"),
        ("Hz", "s^{-1}"),
        ("L", "dm^3"),
        ("m s^{-2}", "m/s^2"),
        ("miles an hour", "mph"),
        ("square feet", "ft^2"),
        ("feet squared", "ft^2"),
        ("Stunden", "hours"),
        ("кг", "kg"),
        ("平方厘米", "cm^2"),
    ],
)
def test_a_unit_has_several_names(one, other):
    assert read_unit(one) == read_unit(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("m s^{-1}", "m s^{-2}"),
        ("mW", "MW"),
        ("m", "min"),
        ("$", "€"),
        ("cm", "cm^2"),
        ("°C", "°F"),
        ("kg", "km"),
    ],
)
def test_different_units_differ(one, other):
    assert read_unit(one) != read_unit(other)


def test_a_prefix_is_a_power_of_ten():
    assert read_unit("mA").factor == Fraction(1, 1000)
    assert read_unit("kilometres").factor == 1000
    assert read_unit("as").measures == ()


def test_the_unit_that_is_asked_for_counts():
    question = "How many feet long is the rope?"
    assert compare(r"36\text{ inches}", "3", question).equal is True
    assert compare(r"3\text{ kg}", "3", question).equal is False
    assert compare(r"3\text{ inches}", "3", question).equal is False
