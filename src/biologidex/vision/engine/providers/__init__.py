"""One file per provider. Each is a class with the methods of `engine.answer.Provider`, listed in `registry.py`."""
