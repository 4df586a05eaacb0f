"""How gunicorn serves the program: `gunicorn --config python:campaignperf.serving …`.

The number of processes is WEB_CONCURRENCY, which the program reads too.
"""

# Leads that arrive at the same moment in one process are stored together, so many threads are good.
threads = 16
# Beyond these a process takes no more connections while another has room. Else the one that wakes
# first takes them all, and a processor idles (measured: 480 leads a second instead of 750).
worker_connections = threads + threads // 4
# A socket in the home folder by which the server could be stopped.
control_socket_disable = True
