"""`biologidex monitor`: how the server is, for somebody at a terminal. Answers in bounded time, whatever hangs."""
