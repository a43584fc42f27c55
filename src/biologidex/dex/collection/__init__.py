"""What a dex adds up to: statistics, sets to complete, badges. Nothing of it is kept; all is counted from the cards.

So whoever takes a card back, or says that it was another animal, takes back what it counted for.
"""
