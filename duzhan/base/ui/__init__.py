"""The look: the frame of every page, the components that pages are put together from, and how instants and numbers are written."""
