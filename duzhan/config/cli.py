"""The command line: `duzhan VERB …`. What each verb does stands in `verbs.py`; here stands how it is asked for.

Exit codes: 0 done; 1 something was found or failed; 2 it was asked for what cannot be done, and nothing has changed;
130 stopped by Ctrl-C.
"""

import argparse
import contextlib
import importlib
import os
import sys

import django
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from duzhan.base.errors import Refused

DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 130
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that refuses in both languages."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(REFUSED, f"{self.prog}：写法不对，什么也没有做。\n{self.prog}: {message}\n")


def parser() -> Parser:
    """Every verb with its arguments; the help is in both languages."""
    top = Parser(prog="duzhan", description="督战：督导应急处置。 Duzhan: supervision of an emergency response.")
    top.add_argument(
        "--lang", choices=LANGUAGES, default="zh", help="说中文（默认）或英文 · speak Chinese (default) or English"
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")

    report = verbs.add_parser("report", help="某一时刻的数字和一句话 · the figures and the sentence as of an instant")
    _add_question(report)
    report.add_argument(
        "--format",
        choices=("text", "json", "html"),
        default="text",
        help="文字、JSON、可打印的网页 · text, JSON, a page to print",
    )
    records = verbs.add_parser("records", help="一个数字背后的全部记录 · every record behind one figure")
    records.add_argument("operation", metavar="OPERATION", help="行动代号 · code of the operation")
    records.add_argument("figure", metavar="FIGURE", help="数字的键，如 problems_found · key of the figure")
    _add_when_and_where(records)
    records.add_argument(
        "--format", choices=("csv", "json"), default="csv", help="CSV（默认）或 JSON · CSV (default) or JSON"
    )

    counted = verbs.add_parser(
        "figures", help="同样的数字，可从历史数据里数 · the same figures, also counted from exported history"
    )
    _add_question(counted)
    counted.add_argument(
        "--engine",
        choices=("ledger", "duckdb", "spark"),
        default="ledger",
        help="由谁来数：账本（默认）、DuckDB、Spark · who counts: the ledger (default), DuckDB, Spark",
    )
    counted.add_argument("--source", metavar="DIR", help="历史数据的目录 · the folder of history")
    counted.add_argument("--format", choices=("text", "json"), default="text", help="文字或 JSON · text or JSON")

    verify = verbs.add_parser("verify", help="核对账本，逐处指出不符 · recompute the ledger and name each fault")
    instead = verify.add_mutually_exclusive_group()
    instead.add_argument("--packet", metavar="FILE", help="只核对一个导出的证据包 · check an exported packet instead")
    instead.add_argument(
        "--parquet",
        metavar="DIR",
        help="历史数据的目录，以事件为行的 Parquet 文件 · a folder of history: events as Parquet",
    )
    verify.add_argument(
        "--processes",
        metavar="N",
        type=_few,
        help="用几个进程；默认一个，事件多时每核一个 · how many processes; one, or one a core where there is much to read",
    )
    verify.add_argument(
        "--resume",
        metavar="FILE",
        help="进度记在这个文件里；中断以后再运行，从断处接着核对 · keep the progress in this file; run again, it goes on from there",
    )
    verbs.add_parser("rebuild", help="从账本重新汇总全部数字 · add up all sums anew from the ledger")
    export = verbs.add_parser(
        "export",
        help="导出证据包或整段历史，可在别处核对 · export a packet, or history as files, to be checked elsewhere",
    )
    export.add_argument("operation", metavar="OPERATION", nargs="?", help="行动代号 · code of the operation")
    export.add_argument(
        "--problem", metavar="N", nargs="+", default=[], help="只要这些问题，如 YB-0017 · these problems only"
    )
    export.add_argument("--events", action="store_true", help="改为一行一个事件 · the events as JSON lines instead")
    where = export.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", metavar="FILE", help="写到这个文件，- 是标准输出 · the file; - is standard output")
    where.add_argument(
        "--parquet",
        metavar="DIR",
        help="历史数据的目录，以事件为行的 Parquet 文件 · a folder of history: events as Parquet",
    )
    export.add_argument(
        "--with-conduct",
        action="store_true",
        help="作风纪律问题的内容也写进去 · what conduct problems say is written too",
    )
    verbs.add_parser("seal", help="封存账本中尚未封存的事件 · seal every event that has no seal yet")

    given_up = verbs.add_parser(
        "deliveries", help="后台的状况，和没有办成的送达 · how the worker stands, and what it could not deliver"
    )
    again = given_up.add_mutually_exclusive_group()
    again.add_argument(
        "--retry", metavar="ID", nargs="+", type=_id, default=[], help="再试这几件放弃的 · try these again"
    )
    again.add_argument("--retry-all", action="store_true", help="放弃的全部再试 · try all that were given up again")
    read = verbs.add_parser(
        "read", help="读出通报里的数字，验算 · the figures of bulletins, each with its source, checked"
    )
    read.add_argument("files", metavar="FILE", nargs="*", help="要读的文件 · the files to read")
    read.add_argument(
        "--list",
        metavar="LIST",
        help="清单，一行一个：路径、制表符、发布日期 · a list: path, tab, day published; one a line",
    )
    read.add_argument(
        "--format",
        choices=("json", "table", "html"),
        default="json",
        help="一行一个 JSON（默认）、表格、标出数字的网页 · JSON lines (default), a table, a page with the figures marked",
    )
    read.add_argument(
        "--year", metavar="YYYY", type=_year, help="正文没写年份时用这一年 · the year where the text leaves it out"
    )
    read.add_argument(
        "--published", metavar="ISO", help="发布日期，如 2024-01-25 · the day it was published, such as 2024-01-25"
    )

    init = verbs.add_parser("init", help="建库，开第一个管理员 · make the database and the first administrator")
    init.add_argument("--admin", metavar="USERNAME", help="管理员的账号 · the administrator's account")
    init.add_argument("--name", metavar="NAME", help="管理员的姓名 · the administrator's name")
    init.add_argument("--office", metavar="NAME", help="管理员所在单位 · the body the administrator belongs to")
    init.add_argument(
        "--password-stdin", action="store_true", help="从标准输入读密码 · read the password from standard input"
    )
    areas = verbs.add_parser("areas", help="从表格录入区域 · enter areas from a table")
    areas.add_argument(
        "file", metavar="FILE", help="CSV：code,name[,short_name][,level][,parent] · a CSV table with these heads"
    )
    token = verbs.add_parser("token", help="为程序开一把个人密钥 · make a personal key for a program")
    token.add_argument("person", metavar="USERNAME", help="谁的密钥 · whose key")
    token.add_argument("--name", metavar="NAME", required=True, help="用途 · what for")
    token.add_argument(
        "--days", metavar="N", type=_few_days, default=90, help="有效天数，至多 90 · days it lives, 90 at most"
    )
    demo = verbs.add_parser("demo", help="讲示例行动 · tell the operations of the demo")
    demo.add_argument(
        "names", metavar="NAME", nargs="*", help="行动代号，不写就是全部 · codes; without any, all of them"
    )
    run = verbs.add_parser("run", help="起网页服务 · serve the pages on 127.0.0.1")
    run.add_argument(
        "--port", metavar="PORT", type=_port, default=8000, help="端口，默认 8000 · the port, 8000 by default"
    )
    run.add_argument("--workers", metavar="N", type=_few, default=1, help="进程数，默认 1 · processes, 1 by default")
    work = verbs.add_parser("work", help="后台：汇总、送达、清理 · the worker: sums, deliveries, sweeping")
    work.add_argument("--once", action="store_true", help="做完眼前的就停 · do what is due, then stop")
    docs = verbs.add_parser("docs", help="重新生成参考文档 · write the reference pages anew")
    docs.add_argument("--check", action="store_true", help="只看有没有过时 · only say which are stale")
    return top


def _add_question(verb):
    verb.add_argument("operation", metavar="OPERATION", help="行动代号，如 yubei-2022 · code of the operation")
    _add_when_and_where(verb)


def _add_when_and_where(verb):
    verb.add_argument(
        "--as-of",
        metavar="ISO",
        help="截至：时刻，或一天（到当天终了）；默认此刻 · an instant, or a day (its end); now by default",
    )
    verb.add_argument(
        "--known-at", metavar="ISO", help="已知至：那时系统知道的；默认此刻 · as it was known then; now by default"
    )
    verb.add_argument("--area", metavar="AREA", help="只算这个区域：代码或名称 · one area only: its code or name")


def _port(text):
    return _number(text, 65535)


def _few_days(text):
    return _number(text, 90)


def _id(text):
    return _number(text, 2**63 - 1)


def _year(text):
    if not (text.isascii() and text.isdigit() and 1949 <= int(text) <= 2200):
        raise argparse.ArgumentTypeError(f"请写四位年份 · a year of four digits, not {text!r}")
    return int(text)


def _few(text):
    return _number(text, 64)


def _number(text, most):
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise argparse.ArgumentTypeError(f"请写 1 到 {most} 的整数 · a whole number from 1 to {most}, not {text!r}")
    return int(text)


def main(arguments=None) -> int:
    """Do what the arguments say; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # closed, or not a file: then there is nothing to set
            stream.reconfigure(encoding="utf-8")
    try:
        code = _done(arguments)
        if sys.stdout:
            sys.stdout.flush()
        return code or DONE
    except Refused as refused:
        return _say(refused.message, REFUSED)
    except BrokenPipeError:  # whoever reads us has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _say(_("已停止。"), STOPPED)
    except DatabaseError as error:
        return _say(_("数据库没有答复，或还没有建好（先运行 duzhan init）：%(error)s") % {"error": error}, FAILED)
    except OSError as error:
        return _say(_("读写没有成功：%(error)s") % {"error": error}, FAILED)


def _done(arguments):
    try:
        asked = parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has said why, or has helped
        return stop.code
    if asked.verb == "read" and not (asked.files or asked.list):
        print("duzhan: 请写要读的文件，或用 --list 给清单。 · Name the files to read, or give --list.", file=sys.stderr)
        return REFUSED
    if asked.verb == "read" and asked.lang == "zh":
        return importlib.import_module("duzhan.config.reading").answer(asked)  # neither tables nor catalogues wanted
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duzhan.config.settings")
    django.setup()
    verbs = importlib.import_module("duzhan.config.verbs")  # tables can be imported only now
    with translation.override(LANGUAGES[asked.lang]):
        return verbs.VERBS[asked.verb](asked)


def _say(sentence, code) -> int:
    with contextlib.suppress(OSError):
        print(f"duzhan: {str(sentence).strip()}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
