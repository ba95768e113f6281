"""Questions to the database answered by several processes at once, each with a connection of its own."""

import multiprocessing
from collections import deque
from concurrent.futures import ProcessPoolExecutor

import django
from django.db import connection
from django.utils.translation import activate, get_language

AHEAD = 4  # questions that each process has waiting


class Workers:
    """So many processes; one is this process itself. Answers come in the order in which they were asked for."""

    def __init__(self, processes, ahead=AHEAD):
        self.processes, self.ahead, self.pool = processes, ahead, None

    def __enter__(self):
        if self.processes > 1:
            self.pool = ProcessPoolExecutor(
                self.processes, mp_context=multiprocessing.get_context("spawn"), initializer=_start,
                initargs=(connection.settings_dict["NAME"], get_language()),
            )  # fmt: skip
        return self

    def __exit__(self, *_exception):
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def ask(self, question):
        """Something to call for the answer; it may be worked out meanwhile."""
        return self.pool.submit(question).result if self.pool else question

    def ask_each(self, question, asked):
        """(arguments, answer) for each of many arguments, with a few of them under way at a time."""
        waiting = deque()
        for arguments in asked:
            if not self.pool:
                yield arguments, question(*arguments)
                continue
            waiting.append((arguments, self.pool.submit(question, *arguments)))
            if len(waiting) > self.ahead * self.processes:
                yield _answered(*waiting.popleft())
        while waiting:
            yield _answered(*waiting.popleft())


def _answered(arguments, answer):
    return arguments, answer.result()


def _start(name, language):
    """Make a new process ready: the same program, over the same database, speaking the same language."""
    django.setup()
    activate(language)
    connection.settings_dict["NAME"] = name
