"""The program without a window: runs headless and imports no Qt."""
