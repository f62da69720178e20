"""What gunicorn loads, once, before it forks; a login that could see past the wall ends it here."""

from solidarity.app import create_app
from solidarity.database.engines import LoginTooPowerful, refuse_powerful_logins
from solidarity.settings import Settings

app = create_app(Settings())
try:
    refuse_powerful_logins(app)
except LoginTooPowerful as error:
    raise SystemExit(str(error)) from error
