"""The WSGI application that gunicorn loads once before it forks. Exits if a login could see past the wall."""

from solidarity.app import create_app
from solidarity.database.engines import LoginTooPowerful, refuse_powerful_logins
from solidarity.logs import configure_logging
from solidarity.settings import Settings

settings = Settings()
configure_logging(settings.log_format)
app = create_app(settings)
try:
    refuse_powerful_logins(app)
except LoginTooPowerful as error:
    raise SystemExit(str(error)) from error
