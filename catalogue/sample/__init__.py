"""Which provider nodes come with the package: public imaging collections, told in dialects."""
