"""Pure functions of the house, one subject a module; no models, no pages."""
