"""The pool's pure parts: its terms, who is offered a lead and why, and what a source of leads is worth."""
