"""Tables of the queue, made by the owner."""
