"""What a photo looks like, in 256 bits: the same picture saved anew or made smaller differs in few of them.

Each bit says whether a spot is brighter than its neighbour (a "difference hash"). It is no secret key of anything: it
is compared with other photos of the same person only.
"""

ACROSS, DOWN = 17, 16  # spots, in grey; each of the first 16 in a row is compared with the next
BITS = (ACROSS - 1) * DOWN
PLAIN = 24  # so few or so many bits tell nothing: a wall, the sky at night
ALIKE = 20  # bits in which the same picture may differ; two photos differ in a hundred


def look_of(spots: bytes) -> str:
    """Return the look of a picture of 17 x 16 grey spots, or a blank if there is too little to see."""
    bits = 0
    for row in range(DOWN):
        for column in range(ACROSS - 1):
            at = row * ACROSS + column
            bits = bits << 1 | (spots[at] > spots[at + 1])
    return f"{bits:0{BITS // 4}x}" if PLAIN <= bits.bit_count() <= BITS - PLAIN else ""


def alike(one: str, other: str) -> bool:
    """Whether two looks may be those of the same picture."""
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE
