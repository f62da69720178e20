"""A word-by-word diff of two texts, for comparing "yours" and "theirs"."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup

PIECES = re.compile(r"\s+|[^\s]+")


def changed_words(before: str, after: str) -> tuple[Markup, Markup]:
    """Return both texts, with removed words as `del` in the first and new words as `ins` in the second."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    old_markup, new_markup = Markup(""), Markup("")
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        old_text, new_text = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            old_markup, new_markup = old_markup + old_text, new_markup + new_text
            continue
        old_markup += Markup("<del>{}</del>").format(old_text) if old_text else ""
        new_markup += Markup("<ins>{}</ins>").format(new_text) if new_text else ""
    return old_markup, new_markup
