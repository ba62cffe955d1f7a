"""The binary BCH codes of 406 MHz messages: parity, and correction up to the design distance; pure, any thread."""


class BchCode:
    """A shortened narrow-sense binary BCH code over GF(2^m); words are integers, the first bit sent the highest.

    ``field`` is the primitive polynomial of GF(2^m). The generator is the product of the minimal polynomials of
    alpha, alpha^3, ... alpha^(2 errors - 1) (Bose, Ray-Chaudhuri and Hocquenghem 1959/60). Correction is by Berlekamp
    and Massey with a search through the places the shortened word has.
    """

    def __init__(self, field: int, length: int, errors: int) -> None:
        self.length, self.errors = length, errors
        self._order = (1 << (field.bit_length() - 1)) - 1
        self._exp, self._log = _tables(field, self._order)
        self.generator = self._generator()
        self.parity_bits = self.generator.bit_length() - 1
        self.data_bits = length - self.parity_bits

    def parity(self, data: int) -> int:
        """The check bits of ``data``."""
        return self._remainder(data << self.parity_bits)

    def correct(self, word: int) -> tuple[int, int] | None:
        """The nearest word of the code and in how many bits it differs; None when it is further than ``errors``."""
        if self._remainder(word) == 0:
            return word, 0
        locator = self._locator(self._syndromes(word))
        degree = len(locator) - 1
        places = [place for place in range(self.length) if self._value(locator, self._order - place) == 0]
        if degree > self.errors or len(places) != degree:
            return None
        for place in places:
            word ^= 1 << place
        return (word, degree) if self._remainder(word) == 0 else None

    def _generator(self) -> int:
        taken: set[int] = set()
        product = [1]
        for power in range(1, 2 * self.errors, 2):
            if power in taken:
                continue
            root = power
            while root not in taken:  # the conjugates share a minimal polynomial
                taken.add(root)
                product = self._times_root(product, self._exp[root])
                root = root * 2 % self._order
        return sum(coefficient << degree for degree, coefficient in enumerate(product))

    def _times_root(self, polynomial: list[int], root: int) -> list[int]:
        shifted = [0, *polynomial]
        return [a ^ self._times(b, root) for a, b in zip(shifted, [*polynomial, 0], strict=True)]

    def _times(self, a: int, b: int) -> int:
        return self._exp[self._log[a] + self._log[b]] if a and b else 0

    def _over(self, a: int, b: int) -> int:
        return self._exp[self._log[a] - self._log[b] + self._order] if a else 0

    def _remainder(self, word: int) -> int:
        top = self.generator.bit_length()
        while (excess := word.bit_length() - top) >= 0:
            word ^= self.generator << excess
        return word

    def _syndromes(self, word: int) -> list[int]:
        ones = [place for place in range(self.length) if word >> place & 1]
        found = []
        for power in range(1, 2 * self.errors + 1):
            total = 0
            for place in ones:
                total ^= self._exp[place * power % self._order]
            found.append(total)
        return found

    def _locator(self, syndromes: list[int]) -> list[int]:
        """Berlekamp (1968) and Massey (1969): the shortest register that makes the syndromes, lowest degree first."""
        current, before = [1], [1]
        length, gap, last = 0, 1, 1
        for step, syndrome in enumerate(syndromes):
            discrepancy = syndrome
            for index in range(1, min(length, len(current) - 1) + 1):
                discrepancy ^= self._times(current[index], syndromes[step - index])
            if discrepancy == 0:
                gap += 1
                continue
            factor = self._over(discrepancy, last)
            kept = current
            current = self._add(current, [0] * gap + [self._times(factor, one) for one in before])
            if 2 * length <= step:
                length, before, last, gap = step + 1 - length, kept, discrepancy, 1
            else:
                gap += 1
        while current[-1] == 0:
            current.pop()
        return current

    @staticmethod
    def _add(a: list[int], b: list[int]) -> list[int]:
        size = max(len(a), len(b))
        return [(a[index] if index < len(a) else 0) ^ (b[index] if index < len(b) else 0) for index in range(size)]

    def _value(self, polynomial: list[int], power: int) -> int:
        """The polynomial at alpha^power."""
        total = 0
        for degree, coefficient in enumerate(polynomial):
            if coefficient:
                total ^= self._exp[(self._log[coefficient] + degree * power) % self._order]
        return total


def _tables(field: int, order: int) -> tuple[list[int], list[int]]:
    """Powers of alpha, twice over, and logarithms."""
    exp, log = [0] * (2 * order + 1), [0] * (order + 1)
    value = 1
    for power in range(order):
        exp[power] = exp[power + order] = value
        log[value] = power
        value <<= 1
        if value > order:
            value ^= field
    exp[2 * order] = 1
    return exp, log


BCH_1 = BchCode(0b10001001, 82, 3)  # C/S T.001: (82, 61) over bits 25-106
BCH_2 = BchCode(0b1000011, 38, 2)  # C/S T.001: (38, 26) over bits 107-144
BCH_LONG = BchCode(0b100011101, 250, 6)  # C/S T.018: (250, 202)
