"""Devices behind the ports of ``app.ports``; each is called by the worker that owns it."""
