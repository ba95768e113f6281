"""To which body or area a figure belongs."""

import pytest

from duzhan.insight.bulletins.reading import areas
from duzhan.insight.bulletins.reading.originals import Original
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read


def scopes(text):
    reading = read(prepare(Original(text, "utf-8", "text")))
    return [figure.scope for figure in reading.figures if figure.type != "other"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("甘肃省查处问题8起，处理7人；黑龙江省查处问题5起。", ["甘肃省", "甘肃省", "黑龙江省"]),
        ("审计署抽查了51家单位。发现问题6个。", ["审计署（全国）"] * 2),
        ("长寿区纪委监委开展监督检查12次，发现问题9个。", ["长寿区纪委监委"] * 2),
        ("伊犁哈萨克自治州部署督导。目前，该州纪委监委发现问题5个。", ["伊犁哈萨克自治州纪委监委"]),
        ("海东市加强防控。市纪委监委提出工作建议4条。", ["海东市纪委监委"]),
        ("全省各地严查。截至目前，全省问责6人。", ["全省"]),
        ("西宁市部署检查。目前全市发现问题5个。", ["西宁市全市"]),
        ("荔城区纪委监委对某镇开展检查。\n共发现问题5个。", ["荔城区"]),
        ("剑川整合派驻力量\n\n督查3次，发现问题7个。", ["剑川县", "剑川县"]),
        ("第三轮第五批中央生态环境保护督察全面进驻。累计受理举报90件。", ["第三轮第五批中央生态环境保护督察"]),
        ("环保部督查组对北京、天津、河北开展暗访，发现问题企业14家。", ["环保部督查组"]),
        ("驻省卫生健康委纪检监察组约谈有关部门负责同志3人。", ["驻省卫生健康委纪检监察组"]),
        ("督察组分两批对全国20个省开展督察，立案处罚112家。", ["全国"]),
        ("渝北区督导组开展检查。合并后转给各镇的问题34件，已办结11件。", ["渝北区", "渝北区"]),
        ("渝北区部署排查。两路街道出动志愿者310余人。", ["两路街道"]),
        ("渝北区部署排查。监督检查组现场批评教育5人。", ["监督检查组（渝北区）"]),
        ("省委省政府部署防控。渝北区对7个地区以及行业部门提出工作建议4条。", ["渝北区"]),
        ("剑川县纪委监委部署。在剑川县，督导组看了33家企业。", ["督导组（剑川县）"]),
        ("安徽动员部署，省纪委监委组织3个检查组。", ["安徽省纪委监委"]),
        ("城步县清查。发现问题6个。", ["城步县", "城步县"][:1]),
        ("据环保部网站消息，中央环保督察组交办的106件举报已办结。", ["中央环保督察组"]),
        ("督察组向山东转办的信访举报共168件。", ["山东"]),
        ("全市组建监督组26个。", ["全市"]),
        ("住建部门对17个在建工地开展排查。", ["住建部门"]),
        ("县委第三巡察组发现问题93个。", ["县委第三巡察组"]),
        ("被督察省份已办结84件。", ["被督察省份"]),
        ("消防部门检查社会单位55家。", ["消防部门"]),
        ("今年，廊坊各级各部门检查企业18家。", ["廊坊各级各部门"]),
        ("渝北区检查企业8家，龙溪街道发现问题6个。", ["渝北区", "龙溪街道"]),
        ("检查了3家单位。", [""]),
        ("中央纪委国家监委通报。全国纪检监察机关查处问题9起。", ["全国纪检监察机关"]),
    ],
)
def test_scope(text, told):
    assert scopes(text) == told


def test_a_headline_takes_the_scope_of_the_text_below():
    assert scopes("前三季度查处案件24件\n全国共查处违法案件24件。") == ["全国", "全国"]


def test_a_rounded_headline_is_no_second_figure():
    assert scopes("两级纪委出动逾六千人次\n荆州市纪委监委出动干部6135人次。") == ["荆州市纪委监委"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("广西壮族自治区", "广西"),
        ("伊犁哈萨克自治州", "伊犁"),
        ("荔城区", "荔城"),
        ("温县", "温"),
        ("新疆维吾尔自治区", "新疆"),
    ],
)
def test_names_as_people_shorten_them(name, short):
    assert areas.shortened(name) == short


def test_names_side_by_side_are_one():
    text = "青海省西宁市城西区查处问题"
    assert [text[start:end] for start, end in areas.found(text, 0, len(text))] == ["青海省西宁市城西区"]
