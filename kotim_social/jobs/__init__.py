"""Long work in the background: asked for by a person, seen while it runs, looked up later."""
