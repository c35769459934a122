"""The tables of the queue, which a package brings along, made by migrations of ours."""
