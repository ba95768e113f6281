"""The campaign: the response that is switched on, its pack of words, what it looks at, and when it is stood down."""
