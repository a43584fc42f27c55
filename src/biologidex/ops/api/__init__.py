"""What the server tells programs about itself and about what it keeps."""
