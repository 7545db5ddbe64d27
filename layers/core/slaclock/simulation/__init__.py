"""What another agreement would have made of a history: facts, counted and compared."""
