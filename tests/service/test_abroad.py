"""What is written in Spanish and Italian, as it is said."""

from __future__ import annotations

import pytest

from kiosk.service.abroad import ITALIAN, SPANISH, spoken_abroad


@pytest.mark.parametrize(
    ("number", "spanish", "italian"),
    [
        (0, "cero", "zero"),
        (16, "dieciséis", "sedici"),
        (21, "veintiuno", "ventuno"),
        (28, "veintiocho", "ventotto"),
        (31, "treinta y uno", "trentuno"),
        (45, "cuarenta y cinco", "quarantacinque"),
        (100, "cien", "cento"),
        (101, "ciento uno", "centouno"),
        (555, "quinientos cincuenta y cinco", "cinquecentocinquantacinque"),
        (1000, "mil", "mille"),
        (1912, "mil novecientos doce", "millenovecentododici"),
        (2026, "dos mil veintiséis", "duemilaventisei"),
        (21_000, "veintiún mil", "ventunomila"),
        (31_000, "treinta y un mil", "trentunomila"),
        (1_000_000, "un millón", "un milione"),
        (2_000_300, "dos millones trescientos", "due milioni trecento"),
    ],
)
def test_numbers(number: int, spanish: str, italian: str) -> None:
    assert SPANISH.cardinal(number) == spanish
    assert ITALIAN.cardinal(number) == italian


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("es", "Abrimos a las 10:30.", "Abrimos a las diez treinta."),
        ("es", "A las 17:00 cerramos.", "A las diecisiete cerramos."),
        ("es", "La entrada cuesta 12,50 €.", "La entrada cuesta doce euros cincuenta."),
        ("es", "Son €1.", "Son un euro."),
        ("es", "Pesa 3,5 toneladas.", "Pesa tres coma cinco toneladas."),
        ("es", "Vinieron 1.200 personas, un 20 % más.", "Vinieron mil doscientos personas, un veinte por ciento más."),
        ("es", "Llame al 0034600112233.", "Llame al cero cero tres cuatro seis cero cero uno uno dos dos tres tres."),
        ("it", "Apriamo alle 9.15.", "Apriamo alle nove quindici."),
        ("it", "Il biglietto costa 8 €.", "Il biglietto costa otto euro."),
        ("it", "Nel 1840 era un magazzino.", "Nel milleottocentoquaranta era un magazzino."),
        ("it", "Niente numeri qui.", "Niente numeri qui."),
    ],
)
def test_sentences(language: str, written: str, said: str) -> None:
    assert spoken_abroad(written, language) == said
