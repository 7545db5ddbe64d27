"""SLA clocks for helpdesks."""

ENGINE_VERSION = "0.1.0"
