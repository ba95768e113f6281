"""What a person does with an outside text: take it in, correct what was read, file it, look into what contradicts us."""

import re
from dataclasses import asdict
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, CannotMove
from duzhan.base.ledger.actions import once, record
from duzhan.base.uploads.actions import attach, receive
from duzhan.insight.briefing.actions.self_reports import file_self_report

from . import amounts, rules
from .instants import instant_of, with_its_year
from .kinds import LABELS
from .models import Bulletin
from .reading.originals import take_in as taken_in
from .reading.prepared import prepare
from .reading.reader import read
from .reading.refusals import Unreadable

LONGEST = 200_000  # characters of one bulletin on a page
HEADLINE = 40  # characters of a first line that may be a title
CLAUSE = re.compile("(?:[截至到年月日时点分前 \\d]+，)?[^，。；]*")  # the first of a line, with the day before it
FIELDS = ("type", "value", "unit", "approx", "scope", "as_of", "text", "start", "end")
MOST = 10**12
APPROX = ("", "余", "多", "近", "约", "超", "超过", "逾", "达", "以上")


def take_in(
    operation, *, by, words="", file=None, name="", body=None, said_at=None, is_ours=False, at=None, request_key=None,
    via="web",
) -> Bulletin:  # fmt: skip
    """收录: read a pasted text or an uploaded file and keep it with its figures.

    Raises BadInput, with a sentence that says why, for what cannot be read.
    """
    rules.check_may_take_in(by, operation, at)
    given = file.read() if file else words.encode()
    original = _original(given, getattr(file, "name", "") if file else "")
    prepared = prepare(original)
    reading = read(prepared, published=said_at.astimezone(operation.tz).isoformat() if said_at else None)
    if file:
        file.seek(0)
    bulletin = Bulletin(
        operation=operation, name=name.strip()[:120] or _headline(prepared.text), body=body, said_at=said_at,
        is_ours=is_ours, text=original.text, kind=original.kind, encoding=original.encoding, script=prepared.script,
        as_of=instant_of(with_its_year(reading.as_of, operation), operation), figures=figures_of(reading, operation),
        damage={"repairs": [asdict(each) for each in prepared.repairs], "unreadable": prepared.unreadable},
        taken_in_by=by, taken_in_at=at or clock_now(),
    )  # fmt: skip
    upload = receive(file, by=by, at=at, texts=True) if file else None
    return _entered(operation, bulletin, upload, by=by, at=at, request_key=request_key, via=via)


@once
def _entered(operation, bulletin, upload, *, by, at, request_key, via):
    """收录: an outside text is kept with the figures read out of it, and with the file that it came in."""
    record(bulletin, "bulletin.take_in", by=by, at=at, request_key=request_key, via=via, now=Bulletin.Stage.READ)
    if upload:
        attach(upload, about=("bulletin", bulletin.pk), by=by)
    return bulletin


def _original(given, name):
    try:
        original = taken_in(given, name=name)
    except Unreadable as refused:
        raise BadInput(_(str(refused)), field="file" if name else "words") from None
    if len(original.text) > LONGEST:
        raise BadInput(_("正文太长：一份通报最多20万字。"), field="file" if name else "words")
    return original


def _headline(text):
    line = text.strip().split("\n", 1)[0].strip()
    if len(line) > HEADLINE:
        line = CLAUSE.match(line)[0][:HEADLINE]
    return line or _("无题")


def figures_of(reading, operation) -> list:
    """The figures as the row keeps them."""
    return [
        {name: getattr(each, name) for name in FIELDS}
        | {"as_of": with_its_year(each.as_of, operation), "part": part, "state": "read"}
        for each, part in zip(reading.figures, reading.parts, strict=True)
    ]


# --- correcting by hand -----------------------------------------------------------------------------------------


@once
@transaction.atomic
def correct(bulletin, number, said: dict, *, by, at=None, request_key=None, via="web") -> Bulletin:
    """更正: {"type", "value", "unit", "approx", "scope", "as_of"} of one figure as a person reads it."""
    bulletin = _locked(bulletin, by, at)
    before = _figure(bulletin, number)
    after = before | _checked(said) | {"state": "added" if before["state"] == "added" else "corrected"}
    return _changed(bulletin, number, before, after, "bulletin.correct", by, at, request_key, via)


@once
@transaction.atomic
def drop(bulletin, number, *, by, at=None, request_key=None, via="web") -> Bulletin:
    """不是数字: what was read as a figure is none; it stays on record and no longer counts."""
    bulletin = _locked(bulletin, by, at)
    before = _figure(bulletin, number)
    return _changed(bulletin, number, before, before | {"state": "dropped"}, "bulletin.drop", by, at, request_key, via)


@once
@transaction.atomic
def add(bulletin, start, end, said: dict, *, by, at=None, request_key=None, via="web") -> Bulletin:
    """补标: a figure that was not read; `start` and `end` are its place in the text."""
    bulletin = _locked(bulletin, by, at)
    if not 0 <= start < end <= len(bulletin.text):
        raise BadInput(_("所选文字不在正文里，请重新选。"), field="piece")
    piece = bulletin.text[start:end]
    figure = {"start": start, "end": end, "text": piece, "part": False, "state": "added"} | _checked(said)
    return _changed(bulletin, len(bulletin.figures), None, figure, "bulletin.add", by, at, request_key, via)


def _locked(bulletin, by, at):
    rules.check_may_correct(by, bulletin, at)
    bulletin = Bulletin.objects.select_for_update().select_related("operation").get(pk=bulletin.pk)
    if bulletin.stage == Bulletin.Stage.FILED:
        raise CannotMove(_("已按这份通报报送，读出的数不再改；请重新收录。"))
    return bulletin


def _figure(bulletin, number):
    if not 0 <= number < len(bulletin.figures):
        raise BadInput(_("正文里没有这个数。"), field="number")
    return bulletin.figures[number]


def _checked(said):
    if said["type"] not in LABELS:
        raise BadInput(_("没有叫“%(key)s”的种类。") % {"key": str(said["type"])[:40]}, field="type")
    try:
        value = Decimal(str(said["value"]))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > MOST:
        raise BadInput(_("请填数，如 310 或 98.85。"), field="value")
    approx = said.get("approx") or ""
    if approx not in APPROX:
        raise BadInput(_("没有“%(word)s”这个约略字样。") % {"word": approx[:10]}, field="approx")
    return {
        "type": said["type"], "value": int(value) if value == int(value) else float(value), "approx": approx or None,
        "unit": said.get("unit") or "", "scope": said.get("scope") or "", "as_of": said.get("as_of") or None,
    }  # fmt: skip


def _changed(bulletin, number, before, after, kind, by, at, request_key, via):
    figures = list(bulletin.figures)
    figures[number:] = [after, *figures[number + 1 :]]
    bulletin.figures = figures
    facts = {"figure": number, "was": before, "is": after}
    record(bulletin, kind, by=by, at=at, request_key=request_key, via=via, facts=facts)
    return bulletin


# --- filing, and looking into what does not fit -----------------------------------------------------------------


@once
@transaction.atomic
def file_figures(bulletin, body, chosen: dict, *, by, as_of, at=None, request_key=None, via="web") -> Bulletin:
    """报送: file figures of a bulletin, {key: number of the figure}, as what a lower body says of itself (M113)."""
    bulletin = Bulletin.objects.select_for_update().select_related("operation").get(pk=bulletin.pk)
    if bulletin.stage == Bulletin.Stage.FILED:
        raise CannotMove(_("这份通报已经报送过了。"))
    said = {key: amounts.said(_figure(bulletin, number)) for key, number in chosen.items()}
    filed = file_self_report(
        bulletin.operation, body, said, by=by, as_of=as_of, said_at=bulletin.said_at, at=at, via=via
    )
    bulletin.stage, bulletin.self_report, bulletin.body = Bulletin.Stage.FILED, filed.pk, body
    record(
        bulletin, "bulletin.file", by=by, at=at, request_key=request_key, via=via, was=Bulletin.Stage.READ,
        now=Bulletin.Stage.FILED, facts={"figures": chosen, "self_report": filed.pk},
    )  # fmt: skip
    return bulletin


@once
@transaction.atomic
def look_into(bulletin, note, *, by, at=None, request_key=None, via="web") -> Bulletin:
    """核对: a person has looked into what contradicts our own records, and says what came of it (M43)."""
    rules.check_may_look_into(by, bulletin.operation, at)
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if not note.strip():
        raise BadInput(_("请写明核对的情况。"), field="note")
    bulletin.looked_into = note.strip()[:1000]
    record(bulletin, "bulletin.look_into", by=by, at=at, request_key=request_key, via=via)
    return bulletin
