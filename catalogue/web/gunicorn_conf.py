"""How gunicorn serves the catalogue; ``CATALOGUE_BIND`` overrides the address."""

import os

bind = os.environ.get("CATALOGUE_BIND", "127.0.0.1:8000")
worker_class = "catalogue.web.gunicorn_worker.CatalogueWorker"
# Threads share one interpreter: processes scale a search, a few threads hide its waits.
workers = min(os.cpu_count() or 1, 4)
threads = 4
timeout = 60
graceful_timeout = 20
keepalive = 5
# Its default place is one file in the home folder, for which several instances would fight.
control_socket_disable = True
# The longest that gunicorn allows; beyond it the answer is 414.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# Else a visitor on this machine, or behind a careless proxy, could set the path below which we are mounted.
forwarder_headers = ""
