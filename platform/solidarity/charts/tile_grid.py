"""The position of each state on the tile map: 193 members of the United Nations and the State of Palestine.

The layout was made by hand for this product: the smallest island is as large as the largest country, and
neighbours are near each other. Positions are approximate. Codes are ISO 3166-1 alpha-2.
"""

from __future__ import annotations

# Two letters and the column, one line for each row.
_ROWS = (
    "CA1 IS9 NO12 SE13 FI14 EE15 RU20",
    "US1 IE9 GB10 NL11 DK12 DE13 PL14 LV15 BY16 KZ20",
    "BE10 LU11 LI12 CZ13 SK14 LT15 UA16 UZ20 KG21 MN22",
    "MX1 CU3 BS4 FR10 CH11 AT12 SI13 HU14 RO15 MD16 GE18 AZ19 TM20 TJ21 CN23 KP25",
    "GT1 BZ2 JM3 HT4 DO5 KN6 AG7 PT9 ES10 AD11 MC12 IT13 HR14 RS15 BG16 TR17 AM18 IR19 AF20 KR25 JP26",
    "SV1 HN2 DM6 LC7 SM11 MT12 BA13 ME14 AL15 MK16 GR17 CY18 SY19 IQ20 PK21 NP23 BT24",
    "NI2 CR3 VC6 BB7 MA10 DZ11 TN12 LY13 EG15 IL16 PS17 LB18 JO19 KW20 IN22 BD23 MM24 LA25 VN26",
    "PA3 GD6 TT7 CV8 SN9 MR10 ML11 NE12 TD13 SD14 ER15 SA18 BH19 QA20 LK22 TH25 KH26",
    "CO3 VE4 GY5 SR6 GM9 GW10 BF11 BJ12 NG13 SS14 ET15 DJ16 YE18 OM19 AE20 MV21 MY25 BN26 PH27",
    "EC3 BR5 GN9 SL10 CI11 TG12 CM13 CF14 UG15 KE16 SO17 SG25 ID26 PW28 FM29",
    "PE3 BO4 PY5 LR10 GH11 GQ12 GA13 CD14 RW15 TZ16 SC18 TL26 PG27 NR28 MH29",
    "CL3 AR4 UY5 ST11 CG12 AO13 ZM14 BI15 MW16 KM17 AU25 SB27 TV28 KI29",
    "NA13 BW14 ZW15 MZ16 MG17 MU18 VU27 FJ28 WS29",
    "ZA14 LS15 SZ16 NZ26 TO29",
)

PLACES: dict[str, tuple[int, int]] = {
    tile[:2]: (int(tile[2:]), row) for row, line in enumerate(_ROWS) for tile in line.split()
}
"""The column and row of each state."""

COLUMNS = max(column for column, _row in PLACES.values()) + 1
ROWS = len(_ROWS)

_SMALL_ISLANDS = (
    "AG BB BS BZ CU CV DM DO FJ FM GD GW GY HT JM KI KM KN LC MH MU MV NR PG PW SB SC SG SR ST TL TO TT TV VC VU WS"
)
SMALL_ISLAND_STATES = frozenset(_SMALL_ISLANDS.split())
"""The small island developing states among them, as the United Nations lists its members."""
