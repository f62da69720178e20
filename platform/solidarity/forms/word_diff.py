"""A word-by-word diff of two texts, for comparing "yours" and "theirs"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

PIECES = re.compile(r"\s*\S+|\s+")
MOST_PAIRS = 20_000  # of equal pieces: the time of a comparison grows with their number

Opcode = tuple[str, int, int, int, int]


def changed_words(before: str, after: str) -> tuple[Markup, Markup]:
    """Return both texts, with removed words as `del` in the first and new words as `ins` in the second.

    If the parts that differ repeat the same words too often to be compared, they are marked as a whole.
    """
    old, new = PIECES.findall(before), PIECES.findall(after)
    old_parts, new_parts = list[Markup](), list[Markup]()
    for kind, old_from, old_to, new_from, new_to in _opcodes(old, new):
        old_text, new_text = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            old_parts.append(escape(old_text))
            new_parts.append(escape(new_text))
            continue
        old_parts.append(Markup("<del>{}</del>").format(old_text) if old_text else Markup(""))
        new_parts.append(Markup("<ins>{}</ins>").format(new_text) if new_text else Markup(""))
    return Markup("").join(old_parts), Markup("").join(new_parts)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """Compare two lists of pieces. What they begin and end with in common is left out of the costly comparison."""
    shortest = min(len(old), len(new))
    first = next((index for index in range(shortest) if old[index] != new[index]), shortest)
    last = next((index for index in range(shortest - first) if old[-1 - index] != new[-1 - index]), shortest - first)
    old_middle, new_middle = old[first : len(old) - last], new[first : len(new) - last]
    ends = (len(old) - last, len(old), len(new) - last, len(new))
    middle: Sequence[Opcode] = [("replace", 0, len(old_middle), 0, len(new_middle))]
    if _pairs(old_middle, new_middle) <= MOST_PAIRS:
        middle = SequenceMatcher(a=old_middle, b=new_middle, autojunk=False).get_opcodes()
    moved = [(kind, a + first, b + first, c + first, d + first) for kind, a, b, c, d in middle]
    return [("equal", 0, first, 0, first), *moved, ("equal", *ends)]


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many pairs of equal pieces there are, one of each list."""
    counts = Counter(new)
    return sum(counts[piece] for piece in old)
