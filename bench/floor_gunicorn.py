"""How gunicorn serves a floor: as it serves ours, with nothing of ours in it."""

worker_class = "gthread"
workers = 1
threads = 16
keepalive = 5
control_socket_disable = True
loglevel = "warning"
