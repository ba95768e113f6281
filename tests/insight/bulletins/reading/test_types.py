"""What a number counts: each rule and each trap with a sentence of its own."""

import pytest

from duzhan.insight.bulletins.reading import grammar, words
from duzhan.insight.bulletins.reading.labels import LABELS
from duzhan.insight.bulletins.reading.types import typed_numbers
from duzhan.insight.figures.catalogue import FIGURES


def told(text):
    return [(one.key, one.number.value) for one in typed_numbers(text) if one.key != "other"]


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("督导组共走访点位312个，交办问题98个。", [("points_visited", 312), ("problems_handed_over", 98)]),
        ("已整改95个，其余3个正在整改中。", [("problems_rectified", 95), ("problems_in_progress", 3)]),
        ("累计发现问题120个，已完成整改118个，整改率98.33%。",
         [("problems_found", 120), ("problems_rectified", 118), ("rectification_rate", 98.33)]),
        ("查处侵占补助资金问题12起15人。", [("problems_found", 12), ("people_accountable", 15)]),
        ("查处违法案件31件，处理40人，其中给予党纪政务处分22人。",
         [("cases_filed", 31), ("people_accountable", 40), ("people_disciplined", 22)]),
        ("约谈街道负责同志3人，提醒谈话4人，诫勉谈话2人，批评教育9人，免职1人。",
         [("interviews", 3), ("reminder_talks", 4), ("admonitions", 2), ("criticism_education", 9), ("dismissals", 1)]),
        ("巡查组查见毛病41处，修妥38处。", [("problems_found", 41), ("problems_rectified", 38)]),
        ("发现漏洞62处，当天有了眉目的57处，另有5处等设备到货。",
         [("problems_found", 62), ("problems_rectified", 57), ("problems_in_progress", 5)]),
        ("全省问责干部90人。分市看：成都50人，绵阳40人。",
         [("people_accountable", 90), ("people_accountable", 50), ("people_accountable", 40)]),
        ("交办问题282个，已整改276个，整改率97.87%，其余5个正在整改。",
         [("problems_handed_over", 282), ("problems_rectified", 276), ("rectification_rate", 97.87), ("problems_in_progress", 5)]),
        ("全省问责干部9人。四川3至5人，山东4人。", [("people_accountable", 9)]),
        ("县应急局查社会单位71家，查处无照经营6家。", [("units_inspected", 71), ("problems_found", 6)]),
        ("检查学校食堂17家次，周边熟食铺30家次。", [("units_inspected", 17), ("units_inspected", 30)]),
        ("检查企业35家、83次。", [("units_inspected", 35), ("inspections", 83)]),
        ("查处问题9起，9人受到处理，其中2人诫勉、7人批评教育。",
         [("problems_found", 9), ("people_accountable", 9), ("admonitions", 2), ("criticism_education", 7)]),
        ("发现敷衍答复、假办结情形13件。", [("problems_found", 13)]),
        ("对17家养老机构开展检查。", [("units_inspected", 17)]),
        ("对问题集中的9个县（市、区）政府负责人公开约谈。", [("interviews", 9)]),
        ("督查组发现问题82个，转地方核查办理26个。", [("problems_found", 82), ("problems_handed_over", 26)]),
        ("青岚市查处违规收礼问题12起。\n岷江市查处7起。", [("problems_found", 12), ("problems_found", 7)]),
        ("副镇长等3人因值班时聚餐，受到党内警告处分。", [("people_disciplined", 3)]),
        ("全市投入医护人员900名，其中邻市支援150名。", [("medical_staff", 900), ("medical_staff", 150)]),
        ("公开通报5批22起整治吃喝风典型问题。", [("cases_publicised", 22)]),
        ("整改不规范停车问题21个。", [("problems_rectified", 21)]),
        ("整改不到位问题21个。", [("problems_found", 21)]),
        ("发现隐患3处。举报电话：12336", [("problems_found", 3)]),
        ("对整改迟缓的9名局长集中约谈。", [("interviews", 9)]),
        ("暗访政务大厅和便民服务站73个，接报火灾25起。", [("points_visited", 73)]),
        ("巡查发现空岗漏岗12处，走到一起的也查。", [("problems_found", 12)]),
        ("督查卡口33个。测温走样、登记重复等问题，合计6处。", [("points_visited", 33), ("problems_found", 6)]),
        ("23人编成五个清查小组，查看市场7家。",
         [("people_assigned", 23), ("groups_formed", 5), ("units_inspected", 7)]),
        ("入户走访居民3200户，查看商户61户。", [("points_visited", 3200), ("units_inspected", 61)]),
        ("志愿者出工318人次，发现问题6个。", [("volunteers_person_times", 318), ("problems_found", 6)]),
        ("发现问题54个，改掉50个，整改率92.59%，4个跨县协调。",
         [("problems_found", 54), ("problems_rectified", 50), ("rectification_rate", 92.59), ("problems_in_progress", 4)]),
        ("发现问题后立即整改12处。", [("problems_rectified", 12)]),
        ("办理群众诉求75件，办结74件。", [("demands_received", 75), ("demands_resolved", 74)]),
        ("交办事项19项：办完13项。", [("problems_handed_over", 19), ("demands_resolved", 13)]),
        ("参与采样的医护人员30名，志愿者90余名。", [("medical_staff", 30), ("volunteers", 90)]),
        ("46名干部分成5个督查小组。", [("people_assigned", 46), ("groups_formed", 5)]),
        ("对查处的35起问题点名道姓通报曝光。", [("cases_publicised", 35)]),
        ("下发提示函6份、督办单8份、交办单11份，提出监督意见5条、工作建议7条。",
         [("reminder_letters", 6), ("supervision_orders", 8), ("handover_orders", 11), ("supervisory_opinions", 5),
          ("work_suggestions", 7)]),
        ("组建3个检查组和2个督导专班，开展监督检查44次。",
         [("groups_formed", 3), ("groups_formed", 2), ("inspections", 44)]),
        ("抽调干部26名，选派志愿者130名。", [("people_assigned", 26), ("volunteers", 130)]),
        ("先后组织8批210人次到小区值守。", [("volunteers_batches", 8), ("volunteers_person_times", 210)]),
        ("开设采样点88个，完成核酸采样12.5万人，出动医务人员900余名。",
         [("sampling_points", 88), ("people_sampled", 125_000), ("medical_staff", 900)]),
        ("受理群众举报56件，办结49件，办结率87.5%。",
         [("demands_received", 56), ("demands_resolved", 49), ("rectification_rate", 87.5)]),
        ("发现问题线索17条，立案5件，移交问题线索4条。",
         [("clues_received", 17), ("cases_filed", 5), ("problems_handed_over", 4)]),
        ("公开曝光典型问题6起。", [("cases_publicised", 6)]),
        ("对76家企业开展全覆盖检查，抽查了4个街道、9个社区和30家门店。",
         [("units_inspected", 76), ("units_inspected", 4), ("units_inspected", 9), ("units_inspected", 30)]),
        ("问题涉及5方面、共21个，改完的有20个。", [("problems_found", 21), ("problems_rectified", 20)]),
        ("县级部门查了12个，隐患累计33项，提醒函发了4份。",
         [("units_inspected", 12), ("problems_found", 33), ("reminder_letters", 4)]),
        ("检查点位：45；发现问题：12，整改10，约谈3。",
         [("points_visited", 45), ("problems_found", 12), ("problems_rectified", 10), ("interviews", 3)]),
        ("运用第一种形态处理30人，运用第三种形态处理2人。", [("criticism_education", 30)]),
        ("5名工作人员受到处分，给予7名责任人诫勉。", [("people_disciplined", 5), ("admonitions", 7)]),
        ("已销号问题66个。", [("problems_closed", 66)]),
        ("300余名机关干部下沉一线。", [("people_assigned", 300)]),
        ("查处管控不严格、消杀不到位等问题19个。", [("problems_found", 19)]),
        ("发现并督促整改堆放杂物等问题23个。", [("problems_rectified", 23)]),
        ("列入专项整改的问题150条，已整改100条，占66.67%。",
         [("problems_found", 150), ("problems_rectified", 100), ("rectification_rate", 66.67)]),
        ("排查隐患26项，其中22项已完成整改。", [("problems_found", 26), ("problems_rectified", 22)]),
        ("抽调机关干部190名分赴社区，1.8万名救援人员投入救灾。", [("people_assigned", 190), ("people_assigned", 18_000)]),
        ("派出8个督查组64人，由应急、住建部门45人组成的6个检查组压茬跟进。",
         [("groups_formed", 8), ("people_assigned", 64), ("people_assigned", 45), ("groups_formed", 6)]),
        ("参与督查的干部有64人，共查点位36处。", [("people_assigned", 64), ("points_visited", 36)]),
        ("46名党员干部（含乡镇）下沉小区。", [("people_assigned", 46)]),
        ("先后派出志愿者6批次、150人次。", [("volunteers_batches", 6), ("volunteers_person_times", 150)]),
        ("深入6个乡镇、18个村走访。", [("units_inspected", 6), ("units_inspected", 18)]),
        ("对7个乡镇、21个村（社区）、16家企业开展督查。",
         [("units_inspected", 7), ("units_inspected", 21), ("units_inspected", 16)]),
        ("看了安置点18个、排涝点73处。", [("points_visited", 18), ("points_visited", 73)]),
        ("走进31个省区市的45家医院检查。", [("units_inspected", 45)]),
        ("检查发现，11家企业存在环境违法行为。", [("problems_found", 11)]),
        ("摸排自建房600栋，查出存在隐患的32栋，完成整治27栋。",
         [("problems_found", 32), ("problems_rectified", 27)]),
        ("收到群众举报32件，查实处理29件。", [("demands_received", 32), ("demands_resolved", 29)]),
        ("受理求助79件，76件得到解决。", [("demands_received", 79), ("demands_resolved", 76)]),
        ("发现问题12个，其中92%已得到纠正。", [("problems_found", 12), ("rectification_rate", 92)]),
        ("通报典型案例9批12件，分5期公布典型案例21起。", [("cases_publicised", 12), ("cases_publicised", 21)]),
        ("成立督导组62个，其中省级11个。", [("groups_formed", 62), ("groups_formed", 11)]),
        ("查出火灾隐患75处，其中黑龙江12处。", [("problems_found", 75), ("problems_found", 12)]),
        ("反馈问题66个，改了63个，余3个。",
         [("problems_found", 66), ("problems_rectified", 63), ("problems_in_progress", 3)]),
        ("累计检测核酸32万份，实检3.6万人。", [("people_sampled", 320_000), ("people_sampled", 36_000)]),
        ("排查险情58处，其中57处得到有效控制。", [("problems_found", 58), ("problems_rectified", 57)]),
        ("发现47家企业存在环境问题，已有17个问题整改完毕。", [("problems_found", 47), ("problems_rectified", 17)]),
        ("6万名党员投入防控。", [("people_assigned", 60_000)]),
        ("组织党员干部、民兵、群众120人转移物资。", [("people_assigned", 120)]),
        ("从机关抽38人编入9个督导组。", [("people_assigned", 38), ("groups_formed", 9)]),
        ("检查人员分成6组，走了36家商超。", [("groups_formed", 6), ("units_inspected", 36)]),
        ("26个小组、16名干部每天上街巡查。", [("groups_formed", 26), ("people_assigned", 16)]),
        ("采样点开了12个，共设卡点6个。", [("sampling_points", 12)]),
        ("发现问题26个，交给街道25个。", [("problems_found", 26), ("problems_handed_over", 25)]),
        ("发现的17个问题全部交给有关部门，改完13个。", [("problems_found", 17), ("problems_rectified", 13)]),
        ("责令作出书面检查5人，调整撤换2人。", [("criticism_education", 5), ("dismissals", 2)]),
        ("暗访拍回问题照片86张，汇成问题23条。", [("problems_found", 23)]),
        ("5.6万党员干部下沉社区，1.2万志愿者在各社区服务。", [("people_assigned", 56_000), ("volunteers", 12_000)]),
        ("志愿者总人数突破6万人，检查次数达到160次。", [("volunteers", 60_000), ("inspections", 160)]),
        ("两名民政助理员受到党内警告处分。", [("people_disciplined", 2)]),
    ],
)  # fmt: skip
def test_verb_and_thing_make_the_figure(sentence, figures):
    assert told(sentence) == figures


@pytest.mark.parametrize(
    "trap",
    [
        "责令整改28家，责令停产停业3家。",
        "罚款70万元，追回资金120万元。",
        "来自42个国家的嘉宾参加了会议。",
        "其中厅级干部1人，处级干部3人。",
        "移送司法机关4人，拘留2人。",
        "捣毁窝点7个，打掉犯罪团伙2个。",
        "将陆续对39个部门开展考核。",
        "14个派驻组参加了学习。",
        "发现一处、整改一处，绝不含糊。",
        "县级河长每月至少巡河1次。",
        "跨年夜检查：12家场所被封。",
        "整改任务已经完成一半，另有7省市待验收。",
        "聚焦12个方面问题开展整治。",
        "解决1200个行政村出行不便问题。",
        "抽检合格率97.6%，同比上升0.3个百分点。",
        "未整改到位的原因有3个。",
        "监督抽检食品1000批次。",
        "对全国31个省区市开展督查。",
        "督查落实“六个百分之百”。",
        "查处的问题排在前三位。",
        "督促企业为106名劳动者追发工资。",
        "查处欠薪，为106名劳动者追发工资。",
        "走访期间召开座谈会21场。",
    ],
)
def test_what_counts_nothing_in_the_catalogue_is_left(trap):
    assert told(trap) == []


def test_what_cannot_be_told_is_other_and_keeps_its_place():
    [one] = typed_numbers("此次督查涉及12个方面。")
    assert (one.key, one.number.value) == ("other", 12)


def test_every_key_is_a_figure_of_the_catalogue_and_has_a_label():
    keys = {key for table in grammar.TOGETHER.values() for key in table.values()}
    keys |= set(grammar.ALONE.values()) | set(grammar.DONE_TO_PEOPLE.values()) | set(grammar.PEOPLE_ALONE.values())
    assert keys - {""} <= set(LABELS)
    assert {figure.key for figure in FIGURES} & set(LABELS)


def test_every_word_has_one_kind_and_every_kind_a_use():
    kinds = set(words.KIND.values()) | set(words.SINGLE.values())
    assert {kind[0] for kind in kinds} == {"v", "n", "x"}
    assert set(grammar.TOGETHER) <= kinds | {"v.other_form"}
