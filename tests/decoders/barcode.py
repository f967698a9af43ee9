"""The barcode of `src/scene/barcode.rs`, written a second time: what one side draws, the other must read.

In: a haystack's number and a frame index, or a luma plane. Out: the planes of a picture, or the two numbers again.
"""

import functools

import numpy as np

COLUMNS, ROWS = 16, 4
LEFT, ACROSS = 4, 56
TOPS, DOWN = (3, 35), 26
WHITENING = 0x5A3C96E10FD2B478
LEAST_CONTRAST = 60
# Pixels that are looked at in each block, across and down.
SAMPLES = 3


def checksum(payload):
    """CRC-16/CCITT of 48 bits, most significant first."""
    crc = 0xFFFF
    for bit in reversed(range(48)):
        carry = (crc >> 15) ^ (payload >> bit & 1)
        crc = (crc << 1 & 0xFFFF) ^ (0x1021 if carry else 0)
    return crc


def code(number, index):
    payload = number | index << 16
    return (payload | checksum(payload) << 48) ^ WHITENING


def rect(top, block, width, height):
    """Edges of a block in pixels: left, right, upper, lower."""
    column, row = block % COLUMNS, block // COLUMNS

    def x(at):
        return (LEFT * COLUMNS + ACROSS * at) * width // (64 * COLUMNS)

    def y(at):
        return (top * ROWS + DOWN * at) * height // (64 * ROWS)

    return x(column), x(column + 1), y(row), y(row + 1)


def draw(number, index, width, height):
    """The three planes of a frame, 8-bit 4:2:0 of limited range, over a ground that moves."""
    along = (np.arange(width) + 3 * index) % 64
    luma = np.broadcast_to(64 + along + np.arange(height)[:, None] // 4 % 64, (height, width)).astype(np.uint8)
    bits = code(number, index)
    for top in TOPS:
        for block in range(COLUMNS * ROWS):
            left, right, upper, lower = rect(top, block, width, height)
            luma[upper:lower, left:right] = 230 if bits >> block & 1 else 22
    half = ((height + 1) // 2, (width + 1) // 2)
    blue = np.broadcast_to(100 + (np.arange(half[1]) + index) % 56, half).astype(np.uint8)
    red = np.broadcast_to(100 + (np.arange(half[0])[:, None] + index) % 56, half).astype(np.uint8)
    return luma, blue, red


def read(luma):
    """Haystack number and frame index, or None if no copy of the code is whole or the two disagree."""
    found = {said for said in (read_copy(luma, top) for top in TOPS) if said}
    return found.pop() if len(found) == 1 else None


@functools.lru_cache
def middles(top, height, width):
    """Rows and columns of pixels in the middle third of each block: ringing and a crop of two pixels stay outside it."""
    rows, columns = [], []
    for block in range(COLUMNS * ROWS):
        left, right, upper, lower = rect(top, block, width, height)
        third_x, third_y = (right - left) // 3, (lower - upper) // 3
        for by in range(SAMPLES ** 2):
            rows.append(upper + third_y + by // SAMPLES * third_y // SAMPLES)
            columns.append(left + third_x + by % SAMPLES * third_x // SAMPLES)
    shape = (COLUMNS * ROWS, SAMPLES ** 2)
    return np.reshape(rows, shape), np.reshape(columns, shape)


def read_copy(luma, top):
    levels = luma[middles(top, *luma.shape)].astype(int).sum(axis=1)
    least, most = int(levels.min()), int(levels.max())
    if most - least < LEAST_CONTRAST * SAMPLES ** 2:
        return None
    bits = sum(1 << block for block, level in enumerate(levels.tolist()) if 2 * level > most + least)
    plain = bits ^ WHITENING
    number, index = plain & 0xFFFF, plain >> 16 & 0xFFFFFFFF
    return (number, index) if code(number, index) == bits else None
