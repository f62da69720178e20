"""Our own corrections of CLDR's working weeks and currencies, each with its source."""

from __future__ import annotations

from datetime import date

# ISO weekdays. The package `holidays` is the one that also gives the public holidays.
WORKING_WEEKS = {
    "BD": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: `holidays` 0.109
    "BN": (1, 2, 3, 4, 6),  # rests on Friday and Sunday: `holidays` 0.109
    "DJ": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: `holidays` 0.109
    "MV": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: `holidays` 0.109
    "NP": (1, 2, 3, 4, 5, 7),  # rests on Saturday: cabinet decision of June 2022, which ended the trial of two days
    "PS": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: public service of the State of Palestine
    "SO": (1, 2, 3, 4, 6, 7),  # rests on Friday: Labour Code (Law No. 65 of 1972)
}
# The day from which a country uses another currency than in CLDR.
CURRENCIES = {
    "BG": ("EUR", date(2026, 1, 1)),  # decision of the Council of the European Union of 8 July 2025
}
