"""Issued papers: signatories, the number register, snapshots and the PDF building blocks."""
