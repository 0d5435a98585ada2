"""The page: a feed that asks the database once a tick, cards that draw the answers, and the Dash app around them."""
