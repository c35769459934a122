"""Gunicorn behind nginx: threads, short requests, and no access log (nginx keeps one)."""

import multiprocessing

bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = min(2 * multiprocessing.cpu_count() + 1, 9)
threads = 4
timeout = 60
graceful_timeout = 30
max_requests = 5000
max_requests_jitter = 500
preload_app = True
accesslog = None
errorlog = "-"
loglevel = "warning"
# Only nginx on this machine may say by which way a request came.
forwarded_allow_ips = "127.0.0.1"
limit_request_line = 4094
limit_request_fields = 60
