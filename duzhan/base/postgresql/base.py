import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self):
        """Is the kept connection alive? Asked at the start of each request.

        A server that went away has closed the connection, and what is closed can be read from. From a live one that
        nobody has asked anything there is nothing to read; only where there is, the server is asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        watch = select.poll()
        watch.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return super().is_usable() if watch.poll(0) else True
