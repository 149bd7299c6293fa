"""What an operator does to the whole: compare, back up, erase."""
