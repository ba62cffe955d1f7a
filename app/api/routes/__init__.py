"""One router an area; each route calls the service method that the window calls."""
