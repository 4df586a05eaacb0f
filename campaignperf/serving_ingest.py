"""How gunicorn serves ingest: `gunicorn --config python:campaignperf.serving_ingest …`.

The number of processes is WEB_CONCURRENCY, which the program reads too.
"""

wsgi_app = "campaignperf.asgi"
worker_class = "campaignperf.ingest_worker.Worker"
# A socket in the home folder by which the server could be stopped.
control_socket_disable = True
