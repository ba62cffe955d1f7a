"""The station's REST and WebSocket faces; runs in the server's own thread."""
