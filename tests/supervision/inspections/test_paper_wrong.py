"""The paper of a visit filled in wrongly: nothing is recorded, and nothing that was typed or sent is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duzhan.base.ledger.models import Event
from duzhan.base.uploads.models import Upload
from duzhan.base.uploads.queries import about
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems.models import Problem
from tests.builders.pages import of, words_of
from tests.builders.uploads import photo_of
from tests.supervision.inspections.papers import further, no_to, paper_of, photo


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"difficulty": ""}, "每次走访都要问一句"),
        ({"difficulty": "some"}, "请写明什么困难"),
        ({"visited_at": ""}, "走访时刻"),
        ({"visited_at": "昨天"}, "不是时刻"),
        ({"visited_at": "2022-11-25 13:00"}, "走访时刻在将来"),
        ({"visited_at": "2022-11-01 13:00"}, "早于行动启动的时刻"),
        ({"minutes": "-3"}, "用时"),
        ({"minutes": "很久"}, "用时"),
        ({"method": "telepathy"}, "telepathy"),
        ({"purpose": ""}, "目的"),
        ({"focus": "999"}, "999"),
        ({"q_waste": "perhaps"}, "perhaps"),
        ({"id": "17"}, ""),
        ({"p_distance-title": ""}, "问题"),
        ({"p_distance-title": "长" * 121}, "120"),
        ({"p_distance-fixed": "on"}, "请写明当场怎么改的"),
        (
            {"p_distance-fixed": "on", "p_distance-fixed_note": "改了", "p_distance-unit": ""},
            "当场整改也要写明责任单位",
        ),
        ({"p_distance-unit": "999"}, "999"),
        ({"p_distance-due": "1000y"}, "1000y"),
        ({"p_distance-photos-kept": "x"}, "照片的编号读不懂"),
        ({"x_1-title": "没有选类别"}, "领域"),
        (
            {
                "x_1-title": "不配",
                "x_1-klass": "ordinary",
                "x_1-field": "command",
                "x_1-cause": "formalism_bureaucracy",
            },
            "只用于",
        ),
    ],
)
def test_a_paper_that_is_wrong_records_nothing_and_loses_nothing(cast, inspector, address, wrong, told):
    given = paper_of(cast, note="写了很久的情况。", **no_to("distance", cast, detail="看到的事实。")) | wrong
    before = Event.objects.count()
    answer = inspector.post(address, given)
    words = words_of(answer)
    assert (answer.status_code, told in words) == (400, True)
    assert "没有登记，请先改正" in words
    assert "写了很久的情况。" in words
    assert "看到的事实。" in words
    assert (Event.objects.count(), Visit.objects.count(), Problem.objects.count()) == (before, 0, 0)


def test_photos_that_were_sent_stay_when_the_paper_is_refused(cast, inspector, address):
    given = paper_of(cast, difficulty="", **no_to("distance", cast))
    answer = inspector.post(address, given | {"p_distance-photos": [photo(), photo()], "photos": [photo()]})
    assert answer.status_code == 400
    kept = list(Upload.objects.order_by("uploaded_at"))
    assert len(kept) == 3
    assert all(f'value="{upload.pk}" checked' in words_of(answer) for upload in kept)
    assert "提交，交办 1 个问题" in words_of(answer)
    sheets = [sheet for _question, _answer, sheet in answer.context["paper"].sheets if sheet.is_bound]
    ids = [str(upload.pk) for upload in sheets[0].fields["photos"].widget.kept]
    given |= {"difficulty": "none", "p_distance-photos-kept": ids[:1]}  # the second was taken off
    assert inspector.post(address, given).status_code == 302
    assert [str(upload.pk) for upload in about("problem", Problem.objects.get().pk)] == ids[:1]


def test_one_photo_that_cannot_be_read_is_named_and_the_others_stay(cast, inspector, address):
    bad = SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff\xe0 no picture")
    answer = inspector.post(address, paper_of(cast) | {"photos": [photo(), bad]})
    assert (answer.status_code, "坏.jpg" in words_of(answer)) == (400, True)
    assert Upload.objects.count() == 1
    assert not Visit.objects.exists()


def test_too_many_photos_are_refused(cast, inspector, address):
    answer = inspector.post(address, paper_of(cast) | {"photos": [photo() for _each in range(10)]})
    assert (answer.status_code, "最多 9 张照片" in words_of(answer)) == (400, True)
    assert not Visit.objects.exists()


def test_somebody_elses_photo_is_not_taken_along(cast, inspector, address):
    of(cast.verifier).post(address, paper_of(cast, difficulty="") | {"photos": [photo()]})
    theirs = Upload.objects.get()
    answer = inspector.post(address, paper_of(cast, **{"photos-kept": str(theirs.pk)}))
    assert (answer.status_code, "已不在服务器上，请重新选择" in words_of(answer)) == (400, True)
    assert not Visit.objects.exists()


def test_a_photo_that_was_swept_away_is_asked_for_again_and_the_others_stay(cast, inspector, address):
    gone, kept = photo_of(cast.inspector).pk, photo_of(cast.inspector)
    Upload.objects.get(pk=gone).delete()
    answer = inspector.post(address, paper_of(cast, **{"photos-kept": [str(gone), str(kept.pk)]}))
    assert (answer.status_code, "已不在服务器上，请重新选择" in words_of(answer)) == (400, True)
    assert str(kept.pk) in answer.content.decode()
    assert inspector.post(address, paper_of(cast, **{"photos-kept": str(kept.pk)})).status_code == 302
    assert about("visit", Visit.objects.get().pk) == [kept]


def test_conduct_is_only_entered_where_the_operation_keeps_it(cast, inspector, address):
    conduct = further(1, cast, klass="conduct", cause="formalism_bureaucracy")
    assert inspector.post(address, paper_of(cast, **conduct)).status_code == 302
    assert Problem.objects.get().klass == "conduct"
    type(cast.operation).objects.filter(pk=cast.operation.pk).update(keeps_conduct=False)
    answer = inspector.post(address, paper_of(cast, **conduct))
    assert (answer.status_code, "conduct" in words_of(answer)) == (400, True)
    assert Problem.objects.count() == 1
