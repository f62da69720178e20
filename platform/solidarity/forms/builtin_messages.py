"""The messages of WTForms itself, listed so that our catalogues include them.

The English catalogue words them more plainly; `solidarity.i18n.locale.FormTranslations` looks them up.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _n

MESSAGES = (
    _l("This field is required."),
    _l("Invalid input."),
    _l("Invalid email address."),
    _l("Invalid URL."),
    _l("Invalid UUID."),
    _l("Invalid Choice: could not coerce."),
    _l("Not a valid choice."),
    _l("Not a valid date value."),
    _l("Not a valid datetime value."),
    _l("Not a valid time value."),
    _l("Not a valid integer value."),
    _l("Not a valid decimal value."),
    _l("Field must be equal to %(other_name)s.", other_name=""),
    _l("Field must be between %(min)d and %(max)d characters long.", min=0, max=0),
    _l("Number must be at least %(min)s.", min=0),
    _l("Number must be at most %(max)s.", max=0),
    _l("Number must be between %(min)s and %(max)s.", min=0, max=0),
    _n("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long.", 1, min=1),
    _n("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 1, max=1),
    _n("Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long.", 1, max=1),
)
