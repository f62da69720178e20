"""Exchange rates of the demonstration: invented, close to real ones, with small changes from month to month.

They are loaded as a file, as an administrator would. A currency that has rates keeps them. The currency of one chapter
has no rate for the first months, so its expenses of that time are listed as unconverted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from random import Random

from sqlalchemy import select

from solidarity.database.engines import unpooled_engine
from solidarity.demonstration.chapters.model import Actor, Scenario
from solidarity.demonstration.days import Calendar
from solidarity.demonstration.money import first_spent
from solidarity.settings import Settings
from tenants.action_kit.funding.models import ExchangeRate
from tenants.action_kit.funding.money import USD
from tenants.action_kit.funding.rates import COLUMNS, load_rates


def _rates(text: str) -> dict[str, float]:
    return {currency: float(rate) for currency, rate in (pair.split() for pair in text.split(","))}


PER_USD = _rates("""
    AED 3.67, AFN 70, ALL 89, AMD 390, AOA 900, ARS 1020, AUD 1.52, AZN 1.7, BAM 1.8, BBD 2, BDT 118, BGN 1.8,
    BHD 0.376, BIF 2880, BND 1.33, BOB 6.9, BRL 5.4, BSD 1, BTN 84, BWP 13.5, BYN 3.3, BZD 2, CAD 1.37, CDF 2800,
    CHF 0.88, CLP 940, CNY 7.2, COP 4100, CRC 515, CUP 24, CVE 101, CZK 23, DJF 178, DKK 6.9, DOP 60, DZD 134,
    EGP 48.5, ERN 15, ETB 118, EUR 0.92, FJD 2.25, GBP 0.78, GEL 2.7, GHS 15.5, GMD 70, GNF 8600, GTQ 7.7, GYD 209,
    HNL 25, HTG 131, HUF 365, IDR 15900, ILS 3.7, INR 84, IQD 1310, IRR 42000, ISK 138, JMD 157, JOD 0.709,
    JPY 150, KES 129, KGS 86, KHR 4080, KMF 453, KPW 900, KRW 1370, KWD 0.307, KZT 480, LAK 21900, LBP 89500,
    LKR 295, LRD 190, LSL 18, LYD 4.8, MAD 9.9, MDL 17.8, MGA 4550, MKD 57, MMK 2100, MNT 3400, MRU 39.7, MUR 46,
    MVR 15.4, MWK 1735, MXN 19.5, MYR 4.4, MZN 64, NAD 18, NGN 1600, NIO 36.8, NOK 10.8, NPR 134, NZD 1.65,
    OMR 0.385, PAB 1, PEN 3.75, PGK 3.95, PHP 57.5, PKR 278, PLN 3.95, PYG 7700, QAR 3.64, RON 4.6, RSD 108,
    RUB 92, RWF 1340, SAR 3.75, SBD 8.4, SCR 13.6, SDG 600, SEK 10.4, SGD 1.33, SLE 22.6, SOS 571, SRD 33,
    SSP 3000, STN 22.5, SYP 13000, SZL 18, THB 34.5, TJS 10.7, TMT 3.5, TND 3.1, TOP 2.35, TRY 34, TTD 6.8,
    TZS 2700, UAH 41, UGX 3680, UYU 41, UZS 12700, VES 40, VND 25000, VUV 119, WST 2.75, XAF 605, XCD 2.7, XOF 605,
    XPF 110, YER 250, ZAR 18, ZMW 26.5
""")
WAVERS = 0.02


def load_invented_rates(settings: Settings, actors: Sequence[Actor], until: datetime) -> None:
    """Load the rates of every month of the year for the currencies of `actors` that have none."""
    with unpooled_engine(settings, "owner").begin() as owner:
        known_currencies = set(owner.scalars(select(ExchangeRate.currency).distinct()))
        load_rates(owner, [",".join(COLUMNS), *_file(actors, until, known_currencies | {USD})])


def _file(actors: Sequence[Actor], until: datetime, known_currencies: set[str]) -> Iterator[str]:
    """Yield the lines of the file without its header: currency by currency, month by month."""
    begins = {actor.currency: _first_month(actors, actor.currency, until) for actor in actors}
    for currency in sorted(begins.keys() - known_currencies):
        rng, rate = Random(currency), PER_USD[currency]  # noqa: S311 - nothing secret hangs on it
        for month in _months(begins[currency], until.date()):
            rate *= rng.uniform(1 - WAVERS, 1 + WAVERS)
            yield f"{currency},{month},{round(Decimal(rate), 4)}"


def _first_month(actors: Sequence[Actor], currency: str, until: datetime) -> date:
    """Return the month from which a currency has a rate: the first month of use, or later by its scenario."""
    users = [(actor.scenario, Calendar(actor, until)) for actor in actors if actor.currency == currency]
    for scenario, days in users:
        if scenario is Scenario.NO_RATE:
            return _next_month(first_spent(days))
    return min(days.began for _, days in users).replace(day=1)


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = _next_month(first)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
