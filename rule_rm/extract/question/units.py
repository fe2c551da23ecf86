"""List the units of measurement that prose has."""

from __future__ import annotations

from rule_rm.extract.words.patterns import words
from rule_rm.extract.words.verbs import base

_NAMES = """
    meter metre
    foot inch yard mile pound ounce ton gram kilogram kilo kilometer kilometre centimeter centimetre
    millimeter millimetre
    liter litre milliliter gallon cup pint quart tablespoon teaspoon second sec minute min
    hour hr day week month year degree radian joule newton watt volt ampere ohm mole lb
"""
_SIGNS = "ft mi km cm mm m kg g mg oz L mL ml s h rad mph km kmh J kJ N W V A hz Hz K Pa mol"
_MONEY = "USD EUR GBP dollar dollars cent cents euro euros pence rupee rupees yen"
_SHARES = "percent unit units"
_ABROAD = """
    Euro
    Meter Stunden Minuten Tage Jahre mètre mètres heure heures jour jours an ans
    metro metros hora horas día
    días año años metri ore giorni anni dias anos рублей часов минут дней лет см км м кг
"""
_MANY = " ".join(f"{name}s" for name in _NAMES.split()) + " feet inches"
_KINDS = (_NAMES, _MANY, _SIGNS, _MONEY, _SHARES, _ABROAD)
MEASURES = "|".join(sorted(words(" ".join(_KINDS)), key=lambda word: (-len(word), word)))
"""A pattern for any unit, the longest first: `kilometers|...|m`."""
UNITS = frozenset(map(base, words(f"{_NAMES} {_MANY} {_SIGNS}")))
"""The base forms of units of measurement, without those of money and shares."""
