"""Numbers in sentences."""

import pytest

from oremix.models.numerals import numeral


@pytest.mark.parametrize(
    ("number", "sign", "text"),
    [
        (1_015_000, "", "1,015,000"),
        (-9_415_201_234.5, "", "-9,415,201,234"),
        (2_500_000, "+", "+2,500,000"),
        (349_666.988, "", "349,667"),
        (14.79452, "+", "+14.7945"),
        (0, "", "0"),
        (0.00125, "", "0.00125"),
    ],
)
def test_numerals_have_no_exponents(number, sign, text):
    """Millions are whole, what is below has six digits."""
    assert numeral(number, sign) == text
