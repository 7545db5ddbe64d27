"""Reports for people: one document of figures, and the page and the table that are made of it."""
