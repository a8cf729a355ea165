"""gunicorn's settings: one process of eight threads; a bigger machine sets WEB_CONCURRENCY."""

import ctypes
import gc
import json
import logging
import os
import re
from datetime import UTC, datetime

workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
timeout = 120
graceful_timeout = 20
keepalive = 65
max_requests = 0
control_socket_disable = True  # nobody uses it, and two servers of one user would share it
accesslog = None
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


class JsonLines(logging.Formatter):
    """gunicorn's own lines in the form of the app's: no address, no words of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; what an exception says may hold a name, so its type stands alone."""
        failed = record.exc_info and record.exc_info[0]
        message = str(record.msg) if failed else record.getMessage()
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": re.sub(r"\d{10,}", "•", message),
            "logger": record.name,
        }
        if failed:
            line["type"] = failed.__name__
        return json.dumps(line, ensure_ascii=False)


if os.environ.get("OUTREACH_ENV") == "production":
    logconfig_dict = {
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
            }
        },
        "root": {"level": "INFO", "handlers": ["out"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["out"], "propagate": False}},
    }

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8


def hand_memory_back() -> None:
    """Keep glibc from holding on to 19 MiB a thread after each login's password check.

    Its threshold grows with the first big block that is freed; later ones then stay in the
    thread's own arena for ever. That was 240 MB after 16 logins, 100 MB with both values fixed.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # another C library has no such habit to break
        return
    mallopt(M_MMAP_THRESHOLD, 128 * 1024)
    mallopt(M_ARENA_MAX, 2)


hand_memory_back()


def post_worker_init(worker: object) -> None:
    """What each process does before it answers anybody."""
    spare_the_collector()
    app = getattr(worker, "wsgi", None)
    for serve in getattr(app, "extensions", {}).get("serve", ()):
        serve(app)


def spare_the_collector() -> None:
    """Spare the collector what lives as long as the process, and let it look less often.

    A push makes some ten thousand objects and no cycles; with Python's own thresholds the whole
    app was looked through several times for each: 8 % of a push.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 10)
