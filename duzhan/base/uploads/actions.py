from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, Conflict, NotAllowed, NotFound
from duzhan.base.geo.positions import Datum
from duzhan.base.uploads import contents, names, permissions, pictures, store
from duzhan.base.uploads.models import OriginalRead, Upload

LONGEST_NOTE = Upload._meta.get_field("stage_note").max_length


def receive(file, *, by, at=None, about=None, stage_note="", texts=False) -> Upload:
    """上传: take in a photo or file: check what it is, keep it as it was sent, make the copies to be shown.

    `file` is Django's uploaded file or anything with `read` and `name`; `by` a person or None; `about` a pair
    (kind, id), or None until it is known (see `attach`). The same content about the same thing is taken in
    once: the upload that is there comes back. Decoding takes a moment: call this before a long transaction.
    `texts`: a plain text or a web page is taken in too, to be kept and saved, never shown.
    Raises BadInput when it is too large, damaged, or not of a sort that is taken in; then nothing is kept.
    """
    note = _noted(stage_note)
    with store.arrival(file) as arrived:
        sort = contents.recognise(arrived.path, texts=texts)
        name = names.cleaned(getattr(file, "name", ""), sort)
        facts = _develop(arrived, sort) if sort.pillow else {}
        store.keep(arrived)
    about_kind, about_id = about or ("", None)
    return _entered(
        Upload(
            kind=sort.kind,
            sha256=arrived.sha256,
            size=arrived.size,
            content_type=sort.content_type,
            original_name=name,
            stage_note=note,
            uploaded_by=by.pk if by else None,
            uploaded_at=at or now(),
            about_kind=about_kind,
            about_id=about_id,
            **facts,
        ),
        force_insert=True,
    )


def _noted(stage_note):
    note = str(stage_note or "").strip()
    if len(note) > LONGEST_NOTE:
        raise BadInput(_("环节说明最多 %(most)s 个字。") % {"most": LONGEST_NOTE}, field="stage_note")
    return note


def _develop(arrived, sort):
    facts, copies = pictures.develop(arrived.path, sort.pillow)
    for copy, image in copies.items():
        store.keep_copy(arrived.sha256, copy, partial(pictures.save, image, copy))
    return vars(facts) | {"datum": "" if facts.lat is None else Datum.WGS84}


def _entered(upload, **how):
    """The upload as a row, or the row that is there already; its file is young by now, so no sweep takes it."""
    with transaction.atomic():
        if known := _known(upload):
            return known
    try:
        with transaction.atomic():
            upload.save(**how)
    except IntegrityError:  # somebody sent the same a moment earlier
        if known := _known(upload):
            return known
        raise
    return upload


def _known(upload):
    same = Upload.objects.select_for_update().filter(
        sha256=upload.sha256, about_kind=upload.about_kind, about_id=upload.about_id
    )
    if upload.about is None:
        # Without a name nobody is given what somebody else without a name has sent.
        same = same.filter(uploaded_by=upload.uploaded_by) if upload.uploaded_by else same.none()
    return same.first()


@transaction.atomic
def attach(upload: Upload, *, about, by) -> Upload:
    """归入: say what an upload is about, once, by whoever sent it. Returns the upload about that thing.

    When that thing has the same content already, that one comes back. Raises NotAllowed for somebody else's
    upload, Conflict for one that is about another thing.
    """
    upload = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if upload is None:
        raise NotFound()
    if upload.about == tuple(about):
        return upload
    if upload.about is not None:
        raise Conflict(_("这份附件已经归入别的事项，请重新上传。"))
    if upload.uploaded_by is None or upload.uploaded_by != by.pk:
        raise NotAllowed(_("只有上传的人才能把附件归入事项。"))
    upload.about_kind, upload.about_id = about
    return _entered(upload, update_fields=["about_kind", "about_id"])


def open_original(upload: Upload, *, by):
    """查阅原件: open the sealed original for somebody who may, and write down that they did.

    Returns the open file. Raises NotAllowed, or NotFound when the bytes are not on disk.
    """
    if not permissions.may_see_original(by, upload):
        raise NotAllowed(_("原件已封存，您没有查阅权限。"))
    file = open_copy(upload, "original")
    OriginalRead.objects.create(upload=upload, person=by.pk, at=now())
    return file


def open_copy(upload: Upload, copy: str):
    """Open the `shown` copy or the `thumbnail` of a photo, or the `original` of a file. Raises NotFound."""
    try:
        return store.path_of(upload.sha256, copy).open("rb")
    except OSError:
        raise NotFound(_("附件的文件不在服务器上，请联系系统管理员。")) from None


@transaction.atomic
def still_wanted(upload_ids, *, by) -> tuple[list[Upload], str]:
    """The uploads that a paper still being written names, kept for another day; and a sentence if some are gone.

    What has been attached meanwhile is left out: the paper was sent twice.
    """
    named = list(Upload.objects.select_for_update().filter(pk__in=upload_ids, uploaded_by=by.pk).order_by("pk"))
    waiting = [upload for upload in named if upload.about is None]
    for upload in waiting:
        store.touch(upload.sha256)
    gone = len(set(upload_ids) - {upload.pk for upload in named})
    said = ngettext(
        "有 %(gone)s 份照片或文件放得太久，已不在服务器上，请重新选择。", "有 %(gone)s 份照片或文件放得太久，已不在服务器上，请重新选择。", gone
    )  # fmt: skip
    return waiting, said % {"gone": gone} if gone else ""


def forget_given_up(older_than=timedelta(days=1)) -> int:
    """清理: remove uploads that were attached to nothing, of papers given up. Returns how many.

    Only those whose file nobody has sent or named for `older_than` go, so a paper being written keeps its own; each
    is looked at under a lock, which whoever sends or names it takes too.
    """
    waiting = Upload.objects.filter(about_id=None).order_by("pk").values_list("pk", flat=True)
    return sum(_forget_if_old(pk, older_than) for pk in list(waiting))


@transaction.atomic
def _forget_if_old(pk, older_than):
    upload = Upload.objects.select_for_update().filter(pk=pk, about_id=None).first()
    if upload is None or not store.is_old(upload.sha256, older_than):
        return 0
    upload.delete()
    return 1


def forget_orphans(older_than=timedelta(days=1)) -> int:
    """清理: remove files that no upload refers to, as broken transactions leave them. Returns how many.

    Only files untouched for `older_than` go: a transaction still open may be about to refer to a younger one.
    """
    gone = 0
    for shelf in [store.INCOMING, *store.shelves()]:
        kept = set(Upload.objects.filter(sha256__startswith=shelf).values_list("sha256", flat=True))
        for path in store.old_files(shelf, older_than):
            if path.name.split(".")[0] not in kept:
                path.unlink(missing_ok=True)
                gone += 1
    return gone
