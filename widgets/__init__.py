"""The window: Qt widgets on the services; GUI thread only."""
