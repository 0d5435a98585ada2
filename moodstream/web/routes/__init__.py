"""The routes of the API, a file for each thing that it tells or does                     <- add a route here.

Each has `router(means)`, whose paths follow on `/api/v1`; `web/api.py` lists them.
"""
