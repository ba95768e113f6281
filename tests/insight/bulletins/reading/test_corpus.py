"""The source documents and the annotated corpus, which lie beside the repository and never in it."""

import importlib.util
import json
from pathlib import Path

import pytest

from bench import reader as bench

SHARED = Path(__file__).resolve().parents[5] / "shared"
SEEDS, CORPUS = SHARED / "seeds", SHARED / "corpus"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not beside this checkout")
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "score.py").is_file(), reason="../shared/corpus is not beside this checkout"
)

FLOOR = {"f1": 0.96, "scope": 0.88, "as_of": 0.97}

# What must come out of the five source documents: type, value, and a piece of the scope.
EXPECTED = {
    "000": [
        ("people_sampled", 43_000, "九龙坡区"), ("volunteers", 46, "江北区"), ("groups_formed", 2, "两江新区"),
        ("groups_formed", 9, "沙坪坝区"), ("points_visited", 3206, "重庆"), ("problems_found", 846, "重庆"),
        ("problems_rectified", 843, "重庆"), ("demands_resolved", 67, "重庆"),
    ],
    "001": [
        ("people_sampled", 1_032_000, "滨海新区"), ("sampling_points", 2282, "滨海新区"), ("medical_staff", 7400, "滨海新区"),
        ("people_assigned", 6800, "滨海新区"), ("units_inspected", 1921, "伊犁"), ("problems_found", 522, "伊犁"),
        ("problems_rectified", 516, "伊犁"), ("rectification_rate", 98.85, "伊犁"), ("groups_formed", 12, "巴彦淖尔"),
    ],
    "002": [
        ("people_assigned", 39, "区纪委监委"), ("groups_formed", 9, "区纪委监委"), ("points_visited", 641, "督导组"),
        ("problems_handed_over", 282, "督导组"), ("problems_rectified", 277, "督导组"), ("problems_in_progress", 5, "督导组"),
        ("problems_found", 310, "区纪委监委"), ("volunteers_batches", 15, "区纪委监委"),
        ("volunteers_person_times", 626, "区纪委监委"), ("people_assigned", 10, "区纪委监委"), ("other", 5, ""), ("other", 9, ""),
    ],
    "003": [
        ("inspections", 1446, "西宁"), ("problems_found", 356, "西宁"), ("reminder_letters", 6, "西宁"),
        ("supervision_orders", 26, "西宁"), ("interviews", 3, "卫生健康委"), ("groups_formed", 2, ""), ("groups_formed", 7, ""),
        ("groups_formed", 3, "海东"), ("problems_found", 87, "海东"), ("work_suggestions", 49, "海东"),
        ("people_accountable", 36, "全省"), ("cases_publicised", 10, "全省"), ("other", 12, "全省"), ("other", 11, "西宁"),
        ("other", 16, "海东"), ("other", 30, "海东"), ("people_assigned", 200, "西宁"), ("people_assigned", 12, "城西区"),
    ],
    "004": [
        ("groups_formed", 10, "桂林"), ("other", 6, "桂林"), ("other", 4, ""), ("reminder_talks", 4, "检查组"),
        ("criticism_education", 5, "检查组"), ("problems_rectified", 23, "全州县"),
    ],
}  # fmt: skip
IDENTITIES = {"001": "516 / 522 = 98.85%", "002": "282 = 277 + 5"}
AS_OF = {"001": "--11-21T18:00", "002": "--11-25T18:00"}


@pytest.fixture(scope="module")
def seeds():
    return {path.name[:3]: bench._read(path.stem, path.read_bytes(), {}) for path in sorted(SEEDS.glob("*.txt"))}


@needs_seeds
@pytest.mark.parametrize("key", EXPECTED)
def test_a_source_document_gives_every_figure_with_its_scope(seeds, key):
    told = [(figure["type"], figure["value"], figure["scope"]) for figure in seeds[key]["figures"]]
    missing = [each for each in EXPECTED[key] if not any(each[:2] == one[:2] and each[2] in one[2] for one in told)]
    assert not missing


@needs_seeds
def test_the_source_documents_keep_their_identities_and_instants(seeds):
    for key, identity in IDENTITIES.items():
        assert {"text": identity, "holds": True} in [
            {"text": check["text"], "holds": check["holds"]} for check in seeds[key]["checks"]
        ]
    assert {key: seeds[key]["as_of"] for key in AS_OF} == AS_OF


@needs_corpus
def test_the_corpus_is_read_as_well_as_it_was():
    spec = importlib.util.spec_from_file_location("score", CORPUS / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    golds, given = bench._documents(CORPUS / "dev", None)
    told = {key: json.loads(json.dumps(bench._read(key, given[key], golds[key]))) for key in golds}
    whole = bench._quality(score, golds, told)["kinds"]["all"]
    assert whole["f1"] >= FLOOR["f1"] and whole["scope"] >= FLOOR["scope"] and whole["as_of"] >= FLOOR["as_of"]
