"""What changed between two wordings, word by word, for "yours | theirs"."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup

PIECES = re.compile(r"\s+|[^\s]+")


def changed_words(before: str, after: str) -> tuple[Markup, Markup]:
    """Return both texts, with what is gone as `del` in the first and what is new as `ins` in the second."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    yours, theirs = Markup(""), Markup("")
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        gone, come = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            yours, theirs = yours + gone, theirs + come
            continue
        yours += Markup("<del>{}</del>").format(gone) if gone else ""
        theirs += Markup("<ins>{}</ins>").format(come) if come else ""
    return yours, theirs
