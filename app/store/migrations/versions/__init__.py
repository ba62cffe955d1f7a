"""One module a step; a step is never changed once released, and none drops anything."""
