"""Our own corrections of CLDR's working weeks and currencies, each with its source."""

from __future__ import annotations

from datetime import date

# ISO weekdays. The package `holidays` is the one that also gives the public holidays. NP, PS and SO are in no library:
# they are from reports of the press, read in November 2026. Each chapter can change its own week.
WORKING_WEEKS = {
    "BD": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: `holidays` 0.109
    "BN": (1, 2, 3, 4, 6),  # rests on Friday and Sunday: `holidays` 0.109
    "DJ": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: `holidays` 0.109
    "MV": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: `holidays` 0.109
    "NP": (1, 2, 3, 4, 5, 7),  # rests on Saturday: cabinet decision of 6 June 2022, in force since 15 June
    "PS": (1, 2, 3, 4, 7),  # rests on Friday and Saturday: its government, of its offices, November 2019
    "SO": (1, 2, 3, 4, 6, 7),  # rests on Friday: Labour Code of 1972. A reform adds a day, but names none
}
# The day from which a country uses another currency than in CLDR.
CURRENCIES = {
    "BG": ("EUR", date(2026, 1, 1)),  # decision of the Council of the European Union of 8 July 2025
}
