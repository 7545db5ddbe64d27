"""Money as credits are counted in it: exact decimals, rounded to the currency's minor unit (ISO 4217)."""

from decimal import ROUND_HALF_UP, Decimal

_USUAL = 2  # decimals of a currency that is not named below
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_DECIMALS = {
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def decimals_of(currency: str) -> int:
    """How many decimals a currency's amounts have, by ISO 4217.

    >>> [decimals_of(each) for each in ("DKK", "JPY", "KWD", "CLF")]
    [2, 0, 3, 4]
    """
    return _DECIMALS.get(currency, _USUAL)


def rounded(amount: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """An amount in whole minor units; a half of one is rounded up unless said otherwise.

    >>> rounded(Decimal("2.345"), "DKK"), rounded(Decimal("2.5"), "JPY")
    (Decimal('2.35'), Decimal('3'))
    """
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), rounding)


def is_whole(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency, zeros at its end aside.

    >>> is_whole(Decimal("12.50"), "DKK"), is_whole(Decimal("12.50"), "JPY")
    (True, False)
    """
    return rounded(amount, currency) == amount
