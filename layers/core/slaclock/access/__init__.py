"""Who asks, and whose records that lets them see."""
