"""Names the animal in a picture. Plain Python: it knows neither Django nor the rest of BiologiDex.

Read `answer.py` first (what goes in, what comes out, what can go wrong), then `registry.py` (who can answer),
then the provider you care about under `providers/`. The offline networks live in `local/`.
"""
