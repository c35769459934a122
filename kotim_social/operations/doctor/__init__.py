"""What is wrong with this installation, and how to mend it: sentences for the operator."""
