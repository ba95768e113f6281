"""版面: the page's own furniture among the lines: where one stands, who edited, what else there is to click."""

import re

_BEGINNINGS = frozenset("您现目所在的当前位首上下责编校审监【字打关分扫版主承技浏点相推延海热")
FURNITURE = re.compile(
    r"(?:您?(?:现在|目前)?所?在?的?当?前?位置[：:]|首页\s?[>＞]|[上下]一[篇条页][：:]|责任?编[辑校][：:]|(?:编辑|校对|审核|监制)[：:]"
    r"|【?字体[：:]|【?打印|【?关闭|分享(?:到|至)|扫一扫|版权所有|(?:主办|承办)单位?[：:]|技术支持"
    r"|浏览次数|点击[数率]?[：:]|相关(?:阅读|链接|新闻|报道)[：:]?$|(?:推荐|延伸)阅读|海量资讯|热点(?:推荐|新闻)).{0,300}$"
)
EDITOR = re.compile(r"[（(][^（）()\n]{0,30}责任?编辑[^（）()\n]{0,30}[)）]")
FRONT_MATTER = re.compile(r"\s{0,20}---\n(?:[^\n]{0,500}\n){1,60}?---\n")
LONGEST = 120


def clear(draft):
    """Take out the lines and notes that belong to the page and not to the bulletin."""
    changes, start, size = [], 0, len(draft.text)
    registered = "ICP备" in draft.text
    for line in draft.text.split("\n"):
        end = start + len(line)
        if len(line) <= LONGEST and (_is_furniture(line) or registered and "ICP备" in line[:24]):
            changes.append((start, end + 1, "") if end < size else (max(0, start - 1), end, ""))
        elif line.startswith("原标题："):
            changes.append((start, start + 4, ""))
        start = end + 1
    draft.replace(changes)
    if "编辑" in draft.text:
        draft.cut(EDITOR)


def _is_furniture(line):
    return line[:1] in _BEGINNINGS and FURNITURE.match(line)
