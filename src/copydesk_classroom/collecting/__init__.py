"""What was handed in becomes answers with an owner."""
