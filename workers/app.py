"""The application that `celery -A workers.app` loads. Only this module reads the environment and builds it."""

from solidarity.app import create_app
from solidarity.settings import Settings
from workers.celery_factory import hear_signals, make_celery

app = make_celery(create_app(Settings()))
hear_signals(app)
