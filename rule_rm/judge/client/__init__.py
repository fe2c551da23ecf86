"""Ask a judge over HTTP: `client` is the entry, `question` holds the types that cross this seam."""
