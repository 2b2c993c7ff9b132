"""The only public door: routes, upstream clients and limits. Owns no data and no model."""
