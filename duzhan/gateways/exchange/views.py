from django.contrib.auth.decorators import login_required
from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound
from duzhan.supervision.problems.queries import asked_for

from . import problems, tables

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def export_problems(request, kind):
    """导出: the ledger of the current operation, under the filters in the address, as `xlsx` or `csv`."""
    if request.operation is None:
        raise NotFound()
    asked = asked_for(request.GET, request.user, request.operation, now())
    answer = WRITERS[kind](problems.take(request.user, request.operation, asked))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _xlsx(told):
    widths = [column.width for column in problems.COLUMNS]
    file = tables.xlsx(_("问题台账"), told.headings(), widths, told.rows(), _("说明"), told.particulars)
    return FileResponse(file, as_attachment=True, filename=f"{told.file_name}.xlsx", content_type=XLSX_TYPE)


def _csv(told):
    lines = tables.csv_lines(told.headings(), told.rows())
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{told.file_name}.csv"'
    return answer


WRITERS = {"xlsx": _xlsx, "csv": _csv}
