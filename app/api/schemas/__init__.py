"""What goes over the wire: one pydantic model a fact, units in the names; their fields are those of app/domain."""
