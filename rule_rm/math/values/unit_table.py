"""The known units, as data: name, factor and measure.

Factors are in SI base units; a test compares them with pint's registry. A unit is looked up as it is written.
A symbol with a prefix is its base unit times a power of ten, so `mW` and `MW` differ.
"""

from __future__ import annotations

from fractions import Fraction

DIMENSIONS = {
    "length": "m",
    "mass": "kg",
    "time": "s",
    "current": "A",
    "temperature": "K",
    "amount": "mol",
    "light": "cd",
    "angle": "degree",
    "data": "bit",
    "share": "percent",
}
"""The measures, each with its base unit. Each currency and each temperature scale is one of its own."""

SYMBOLS = """
m 1 length | g 1/1000 mass | s 1 time | A 1 current | K 1 temperature | mol 1 amount | cd 1 light
Hz 1 time^-1 | N 1 mass length time^-2 | Pa 1 mass length^-1 time^-2 | J 1 mass length^2 time^-2
W 1 mass length^2 time^-3 | C 1 current time | V 1 mass length^2 time^-3 current^-1
F 1 mass^-1 length^-2 time^4 current^2 | Ω 1 mass length^2 time^-3 current^-2
S 1 mass^-1 length^-2 time^3 current^2 | Wb 1 mass length^2 time^-2 current^-1
T 1 mass time^-2 current^-1 | H 1 mass length^2 time^-2 current^-2 | Bq 1 time^-1
Gy 1 length^2 time^-2 | Sv 1 length^2 time^-2 | lm 1 light | lx 1 light length^-2
L 1/1000 length^3 | l 1/1000 length^3 | eV 801088317/5000000000000000000000000000 mass length^2 time^-2
cal 523/125 mass length^2 time^-2 | bar 100000 mass length^-1 time^-2 | Wh 3600 mass length^2 time^-2
B 8 data | bit 1 data | M 1000 amount length^-3
"""
"""Symbols that take a prefix."""

WORDS = """
meter metre 1 length | gram gramme 1/1000 mass | second 1 time | ampere amp 1 current | kelvin 1 temperature
mole 1 amount | candela 1 light | hertz 1 time^-1 | newton 1 mass length time^-2
pascal 1 mass length^-1 time^-2 | joule 1 mass length^2 time^-2 | watt 1 mass length^2 time^-3
coulomb 1 current time | volt 1 mass length^2 time^-3 current^-1
farad 1 mass^-1 length^-2 time^4 current^2 | ohm 1 mass length^2 time^-3 current^-2
siemens 1 mass^-1 length^-2 time^3 current^2 | weber 1 mass length^2 time^-2 current^-1
tesla 1 mass time^-2 current^-1 | henry 1 mass length^2 time^-2 current^-2 | becquerel 1 time^-1
gray 1 length^2 time^-2 | sievert 1 length^2 time^-2 | lumen 1 light | lux 1 light length^-2
liter litre 1/1000 length^3 | electronvolt 801088317/5000000000000000000000000000 mass length^2 time^-2
calorie 523/125 mass length^2 time^-2 | byte 8 data | tonne 1000 mass
"""
"""Names that take a prefix in words: kilometre, milligram."""

OTHERS = """
molar 1000 amount length^-3
t 1000 mass | in inch 127/5000 length | ft foot feet 381/1250 length | yd yard 1143/1250 length
mi mile 201168/125 length
nmi 1852 length | micron 1/1000000 length | Å angstrom 1/10000000000 length | kilo 1 mass
lb pound 45359237/100000000 mass | oz ounce 45359237/1600000000 mass | ton 1000 mass
min minute 60 time | h hr hour 3600 time | day 86400 time
week wk 604800 time | month 2629746 time | yr year 31556952 time | decade 315569520 time
century 3155695200 time | sec 1 time | cc 1/1000000 length^3 | gallon gal 473176473/125000000000 length^3
quart qt 473176473/500000000000 length^3 | pint pt 473176473/1000000000000 length^3
cup 473176473/2000000000000 length^3 | tablespoon tbsp 473176473/32000000000000 length^3
teaspoon tsp 157725491/32000000000000 length^3 | hectare ha 10000 length^2
acre 316160658/78125 length^2 | ångström 1/10000000000 length
mph 1397/3125 length time^-1 | kph kmh 5/18 length time^-1 | knot 463/900 length time^-1
erg 1/10000000 mass length^2 time^-2 | dyne dyn 1/100000 mass length time^-2
lbf 8896443230521/2000000000000 mass length time^-2
hp horsepower 37284993579113511/50000000000000 mass length^2 time^-3
atm atmosphere 101325 mass length^-1 time^-2 | torr 20265/152 mass length^-1 time^-2
mmHg 26664477483/200000000 mass length^-1 time^-2 | psi 8896443230521/1290320000 mass length^-1 time^-2
PJ 1000000000000000 mass length^2 time^-2 | EJ 1000000000000000000 mass length^2 time^-2
PW 1000000000000000 mass length^2 time^-3 | PB 8000000000000000 data | EB 8000000000000000000 data
PHz 1000000000000000 time^-1 | PBq 1000000000000000 time^-1
kilohm 1000 mass length^2 time^-3 current^-2 | megohm 1000000 mass length^2 time^-3 current^-2
rpm 1/60 time^-1 | bps 1 data time^-1
degree deg ° 1 angle | percent pct percentage % 1 share | permille 1/10 share
ppm 1/10000 share | ppb 1/10000000 share
celsius °C 1 celsius | fahrenheit °F 1 fahrenheit
"""
"""Units without prefixes."""

CURRENCIES = """
dollar: dollar usd buck US$ 美元 美金 dólar dólares Dollar доллар доллара долларов ドル 달러
euro: euro eur € 欧元 евро ユーロ 유로
sterling: gbp £ quid 英镑 ポンド
yuan: yuan rmb cny renminbi 元 人民币 块
yen: yen jpy 日元 円 엔
won: krw ₩ 원
rupee: rupee inr rs ₹ रुपये
ruble: ruble rouble rub ₽ рубль рубля рублей руб
franc: franc chf
peso: peso mxn
real: reais brl R$
krona: krona kronor sek
"""
"""Currencies, each a measure of its own; a hundredth of them is in `CENTS`."""
CENTS = """
dollar: cent ¢ penny pennies dime*10 nickel*5 quarter_dollar*25 美分
yuan: fen 分钱
sterling: pence
"""
"""Coins, in hundredths; the signs of two currencies, pound and ¥, are in `AMBIGUOUS`."""

AMBIGUOUS = {"pound": ("mass", "sterling"), "¥": ("yuan", "yen")}
"""Names of two measures: the other side of a comparison decides."""

FOREIGN = """
m: Meter mètre mètres metro metros м метр метра метров 米 メートル 미터
cm: Zentimeter centimètre centimètres centímetro centímetros centimetro centimetri сантиметр сантиметра
 сантиметров см 厘米 公分 センチメートル センチ 센티미터
mm: Millimeter millimètre millimètres milímetro milímetros мм 毫米 ミリメートル 밀리미터
km: Kilometer kilomètre kilomètres kilómetro kilómetros quilômetro quilômetros км километр километра
 километров
 千米 公里 キロメートル 킬로미터
inch: Zoll pouce pouces pulgada pulgadas дюйм дюймов 英寸 インチ
foot: Fuß pieds фут фута футов 英尺 フィート
mile: Meile Meilen milla millas миля мили миль 英里 マイル
g: Gramm grammes gramo gramos gramas г грамм грамма граммов 克 グラム 그램
kg: Kilogramm kilogrammes kilogramo kilogramos quilograma quilogramas кг килограмм килограмма
 килограммов 千克 公斤 キログラム 킬로그램
tonne: Tonnen tonnes tonelada toneladas тонна тонны тонн 吨 トン 톤
s: Sekunde Sekunden seconde secondes segundo segundos secondo secondi секунда секунды секунд сек с 秒 秒钟 초
minute: Minuten minutes minuto minutos minuti минута минуты минут мин 分 分钟 分間 분
hour: Stunde Stunden Std heure heures hora horas час часа часов ч 小时 時間 시간
day: Tag Tage Tagen jour jours día días dia dias giorno giorni день дня дней сут 天 日 日間 일
week: Woche Wochen semaine semaines semana semanas неделя недели недель 周 星期 週間 주
month: Monat Monate Monaten mois meses mesi месяц месяца месяцев 个月 か月 개월
year: Jahr Jahre Jahren ans année années año años ano anos anno anni год года лет 年 岁 歳 살
degree: Grad degré degrés grado grados grau graus градус градуса градусов 度 도
percent: Prozent pourcent pourcentage porciento porcento процент процента процентов 퍼센트
L: Liter litros litro litres литр литра литров л 升 リットル 리터
mL: Milliliter millilitres mililitro mililitros мл 毫升 ミリリットル 밀리리터
"""
"""Units by other languages' names."""

PREFIXES = dict(
    zip(
        ["T", "G", "M", "k", "h", "d", "c", "m", "µ", "μ", "u", "n", "p", "f"],
        (12, 9, 6, 3, 2, -1, -2, -3, -6, -6, -6, -9, -12, -15),
        strict=True,
    )
)
"""Powers of ten that may precede a symbol, without those that make words, such as a + t."""
WORD_PREFIXES = {
    "tera": 12,
    "giga": 9,
    "mega": 6,
    "kilo": 3,
    "hecto": 2,
    "deca": 1,
    "deci": -1,
    "centi": -2,
    "milli": -3,
    "micro": -6,
    "nano": -9,
    "pico": -12,
    "femto": -15,
}

Entry = tuple[dict[str, int], Fraction]


def _read(table: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for line in table.replace("\n", " | ").split("|"):
        words = line.split()
        at = next((place for place, word in enumerate(words) if word[0].isdigit()), None)
        if at is None:
            continue
        powers = {}
        for measure in words[at + 1 :]:
            name, _, power = measure.partition("^")
            powers[name] = int(power or 1)
        for name in words[:at]:
            entries[name] = (powers, Fraction(words[at]))
    return entries


def _money(table: str, size: Fraction) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for line in table.strip().splitlines():
        currency, _, names = line.partition(":")
        for name in names.split():
            word, _, times = name.partition("*")
            entries[word] = ({currency: 1}, size * int(times or 1))
    return entries


def entries() -> tuple[dict[str, Entry], dict[str, Entry], dict[str, Entry]]:
    """Return the units without prefixes, the symbols with them, and the words with them."""
    symbols, words = _read(SYMBOLS), _read(WORDS)
    plain = {**_read(OTHERS), **_money(CURRENCIES, Fraction(1)), **_money(CENTS, Fraction(1, 100))}
    plain |= {"radian": ({"angle": 1}, Fraction(1)), "rad": ({"angle": 1}, Fraction(1))}
    everything = {**symbols, **words, **plain}
    for name, entry in list(everything.items()):
        for prefix, power in PREFIXES.items():
            everything.setdefault(prefix + name, (entry[0], entry[1] * Fraction(10) ** power))
    for line in FOREIGN.replace("\n ", " ").strip().splitlines():
        unit, _, names = line.partition(":")
        for name in names.split():
            plain.setdefault(name, everything[unit])
    return plain, symbols, words
