"""Text in a spreadsheet that stays text: no cell of ours is ever computed as a formula.

Programs for spreadsheets run what begins with one of these signs, and notes may come from anywhere. An apostrophe in
front, their own sign for "this is text", stops them. It is taken off again when the file comes back, exactly where
it was put.
"""

import re

# The last four are their wide forms. Behind blanks and apostrophes, too, so that what is protected already can be told
# from what only looks like it.
COMPUTED = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")


def harmless(text: str) -> str:
    """Return the text as a cell that no program computes.

    >>> harmless("=1+1"), harmless("plain"), harmless("'=1")
    ("'=1+1", 'plain', "''=1")
    """
    return f"'{text}" if COMPUTED.match(text) else text


def restored(cell: str) -> str:
    """Return the text that `harmless` made the cell of."""
    return cell[1:] if cell.startswith("'") and COMPUTED.match(cell[1:]) else cell
