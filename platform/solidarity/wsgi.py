"""What gunicorn loads."""

from solidarity.app import create_app
from solidarity.settings import Settings

app = create_app(Settings())
