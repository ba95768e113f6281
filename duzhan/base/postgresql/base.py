import select

from django.db.backends.postgresql import base


class DatabaseOperations(base.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        """For whoever counts or shows statements: a prepared one as it was sent, since its cursor keeps no text."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

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
