"""`biologidex doctor`: the machine and the installation in plain words, and a bundle for whoever is asked for help."""
