"""How gunicorn serves On Record. Bad settings end it with status 2 before anything listens."""

import os
import sys

from bot.__main__ import load_settings
from bot.config import ROOT, Mode, from_env
from bot.errors import BadSettings
from bot.logs import configuration


try:
    load_settings(ROOT / ".env")
    settings = from_env(os.environ, Mode.WEB)
except BadSettings as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(2)

wsgi_app = "bot.web:application()"
bind = f"0.0.0.0:{settings.port}"
proc_name = "on-record"
worker_class = "bot.serving.WholeRequests"
workers = settings.web_concurrency
threads = 16
keepalive = 5
graceful_timeout = 22  # the platform kills after 30, we promise 25
control_socket_disable = True
loglevel = settings.log_level.lower()
logconfig_dict = configuration(settings.log_level, settings.log_format)


def worker_exit(_server: object, worker: object) -> None:
    """Finish what was accepted; the requests themselves are answered by now."""
    web = getattr(worker, "wsgi", None)
    if web:
        web.close()
