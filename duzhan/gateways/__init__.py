"""Other people's formats and protocols: what comes in is checked like any form, what goes out shows no more than a page."""
