"""The verbs, shared by the window, the API and the command line; any thread."""
