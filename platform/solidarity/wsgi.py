"""The WSGI application that gunicorn loads once before it forks. Exits if the walls of the database do not stand."""

from solidarity.app import create_app
from solidarity.database.engines import UnsafeDatabase
from solidarity.database.verification.refusal import refuse_unsafe_database
from solidarity.logs import configure_logging
from solidarity.settings import Settings

settings = Settings()
configure_logging(settings.log_format)
app = create_app(settings)
try:
    refuse_unsafe_database(app)
except UnsafeDatabase as error:
    raise SystemExit(str(error)) from error
