"""Pages that need no sign-in: front page, help, health, links in mails, the local outbox and gallery."""

from __future__ import annotations

from flask import Flask

from solidarity.labels.help import init_helping
from solidarity.public import front_page as front
from solidarity.public import gallery, health, help_page, mail_link, outbox
from solidarity.public.degraded import BrokerHealth
from solidarity.settings import Settings

VIEWS = (front, help_page, health, mail_link, outbox, gallery)
BLUEPRINTS = tuple(dict.fromkeys(module.blueprint for module in VIEWS))  # modules share blueprints


def register(app: Flask) -> None:
    """Add the public pages to `app`, and a notice to every page while a part is degraded."""
    settings: Settings = app.extensions["settings"]
    broker_health = BrokerHealth(settings.redis_url.get_secret_value())
    app.extensions["health"] = health.HealthProbes(settings)
    app.context_processor(lambda: {"degraded": broker_health.sentences()})
    init_helping(app)
    gallery.init_gallery(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
