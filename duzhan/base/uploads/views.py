"""Uploads over HTTP. Whatever is sent, a browser may show it or store it, and never run it."""

from functools import wraps
from pathlib import PurePath

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from duzhan.base.errors import NotFound, Refused
from duzhan.base.uploads import actions, queries

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT_A_WHILE = "private, max-age=600"
NOT_KEPT = "private, no-store"


def _answering_refusals(view):
    """A refusal as its sentence in plain text: where a picture was wanted, no page is of use."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            plain = "text/plain; charset=utf-8"
            headers = SAFE | {"Cache-Control": NOT_KEPT}
            return HttpResponse(str(refused), status=refused.status, content_type=plain, headers=headers)

    return answer


@login_required
@require_safe
@_answering_refusals
def shown(request, upload_id):
    """The copy of a photo that is shown; a file, to be saved."""
    upload = queries.visible(upload_id, request.user)
    return _photo(request, upload, "shown") if upload.is_photo else _file(request, upload)


@login_required
@require_safe
@_answering_refusals
def thumbnail(request, upload_id):
    """The small copy of a photo."""
    upload = queries.visible(upload_id, request.user)
    if not upload.is_photo:
        raise NotFound()
    return _photo(request, upload, "thumbnail")


@login_required
@require_safe
@_answering_refusals
def original(request, upload_id):
    """The sealed original, to be saved, for those who may; each reading is written down."""
    upload = queries.visible(upload_id, request.user)
    file = actions.open_original(upload, by=request.user)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=upload.original_name,
        content_type=upload.content_type,
        headers=SAFE,
    )
    response["Cache-Control"] = NOT_KEPT
    return response


def _photo(request, upload, copy):
    name = f"{PurePath(upload.original_name).stem}.jpg"
    return _kept(request, upload, copy, filename=name, content_type="image/jpeg")


def _file(request, upload):
    return _kept(
        request,
        upload,
        "original",
        as_attachment=True,
        filename=upload.original_name,
        content_type=upload.content_type,
    )


def _kept(request, upload, copy, **how):
    """A copy the browser may keep for a while, asking again afterwards whether it may still be seen."""
    etag = quote_etag(f"{upload.sha256[:32]}-{copy}")
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(actions.open_copy(upload, copy), **how)
    response["ETag"] = etag
    response["Cache-Control"] = KEPT_A_WHILE
    for name, value in SAFE.items():
        response[name] = value
    return response
