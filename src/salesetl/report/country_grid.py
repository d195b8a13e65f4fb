"""A map of the world in which every country is a tile, at its rough place."""

from __future__ import annotations

from typing import Any

# A code of ISO 3166-1 a tile, and XK for Kosovo; neighbours are near each other, sizes say nothing.
# Of the islands of the Pacific, those east of the date line are in the west.
_ROWS = """
.. .. .. GL .. .. .. SJ .. .. .. .. .. .. .. ..
.. .. .. .. IS FO NO SE AX FI .. .. .. .. .. ..
.. CA PM .. .. IM .. DK LV EE RU .. .. .. .. ..
.. US BM .. IE GB NL DE PL LT BY .. KZ MN .. ..
UM MX .. .. GG JE BE LU CZ SK UA .. UZ KG KP JP
BZ CU BS TC .. FR CH LI AT HU MD .. TM TJ CN KR
GT KY HT DO PT ES AD MC SI HR RO GE AZ AF NP TW
SV JM PR VG .. GI IT SM BA RS BG AM IR PK BT HK
HN VI AI MF .. .. VA ME XK MK TR SY IQ IN BD MO
NI SX BL AG .. .. MT AL GR .. CY LB JO LK MM LA
CR KN MS GP .. MA DZ TN LY EG .. IL KW MV TH VN
PA DM MQ LC EH MR ML NE TD SD ER PS BH .. KH PH
AW CW VC BB CV SN BF NG CF SS DJ SA QA .. MY BN
.. BQ GD TT GM GN GH BJ CM ET SO YE AE IO SG PW
CO VE GY SR GW SL CI TG GQ UG KE .. OM CX ID MP
EC PE BR GF .. LR ST GA CG RW TZ SC .. CC TL GU
TK BO PY .. .. SH .. AO CD BI MW .. .. .. PG FM
WS CL AR UY .. .. .. NA ZM ZW MZ KM .. AU SB MH
AS .. FK GS .. .. .. .. BW .. YT MG .. .. VU NR
NU .. .. .. .. .. .. ZA LS SZ .. RE MU .. NC KI
CK .. .. .. .. .. .. .. .. .. .. .. .. .. FJ TV
PF .. .. .. .. .. BV .. .. .. .. .. TF NF TO WF
PN .. .. .. .. .. .. .. AQ .. .. .. .. HM NZ ..
"""

_GRID = [line.split() for line in _ROWS.split("\n") if line]
WIDTH, HEIGHT = len(_GRID[0]), len(_GRID)
# Column and row, from the north-west, by code.
PLACES = {
    code: (column, row)
    for row, codes in enumerate(_GRID)
    for column, code in enumerate(codes)
    if code != ".."
}


def code_of(country: Any) -> str | None:
    """Return the code under which a country is on the map; None if it is not."""
    code = str(country).strip().upper()
    return code if code in PLACES else None
