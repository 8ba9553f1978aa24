"""Pages that are no article: soft 404s, login walls, captcha and block pages, lists, empty shells."""

from __future__ import annotations

import re

from pipelines.reading.body import Body
from pipelines.reading.tree import Outline
from pipelines.records import Drop, Reason, Stage
from pipelines.text import count_han

SHORT = 300
"""Characters of running text below which a page may be a notice: in an article the same words are a topic."""

_NOTICES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        Reason.CAPTCHA,
        re.compile(
            r"(?:请|請)?(?:输入|輸入|完成|通过|通過|拖动|拖動|点击|點擊|进行|進行).{0,10}(?:验证码|驗證碼|安全验证|安全驗證|滑块|滑塊|人机验证|人機驗證|拼图)|"
            r"人机(?:身份)?验证|人機驗證|安全验证|verify (?:that )?you are (?:a )?human|captcha|checking your browser|just a moment|机器人.{0,6}验证",
            re.I,
        ),
    ),
    (
        Reason.BLOCKED,
        re.compile(
            r"访问(?:被|已被)(?:拒绝|阻断|拦截|禁止)|訪問(?:被|已被)?(?:拒絕|攔截|禁止)|(?:您|你)的(?:请求|請求|IP|访问|訪問).{0,20}(?:被|已|过于|過於|异常|異常|拦截|攔截|限制|禁止)|"
            r"拦截提示|攔截提示|网站防火墙|網站防火牆|(?:访问|訪問)(?:过于|過於|太)频繁|IP.{0,6}(?:已被封|被禁止|黑名单)|"
            r"403 forbidden|access denied|request blocked|you have been blocked|D盾|安全狗|云锁|网站已关闭|站点已关闭|站点已暂停|(?:网站|站点)(?:维护|維護)中|未备案|未備案|域名.{0,10}(?:过期|到期|出售)",
            re.I,
        ),
    ),
    (
        Reason.LOGIN_WALL,
        re.compile(
            r"(?:请|請|需要|需|您)(?:您)?(?:先)?(?:登录|登錄|登入|登陆)(?:后|後|才|再|以|查看|阅读|閱讀|帐号|账号|。|，|！)|(?:登录|登錄|登入|登陆)(?:后|後)(?:才能|方可|可以?|即可|继续|繼續)(?:查看|阅读|閱讀|浏览|瀏覽|访问|訪問)|"
            r"(?:没有|沒有|无|無)(?:权限|權限)(?:访问|訪問|阅读|閱讀|查看|浏览)|本?(?:文|内容|內容).{0,6}(?:仅限|僅限|仅供|僅供)(?:会员|會員|注册用户|订阅)|您所在的用户组|游客无法|(?:订阅|訂閱)(?:后|後).{0,6}(?:阅读|閱讀)全文|付费(?:后)?(?:阅读|查看)",
            re.I,
        ),
    ),
    (
        Reason.SOFT_404,
        re.compile(
            r"(?:页面|頁面|网页|網頁|文章|内容|內容|信息|新闻|新聞|帖子|主题|主題|文件|资源|资料|链接|稿件).{0,14}(?:不存在|未找到|找不到|没有找到|沒有找到|已(?:经|經)?(?:被)?(?:删除|刪除|移除|下线|下架|过期|失效)|(?:被)(?:删除|刪除)|无法找到|無法找到|走丢了|去火星了)|"
            r"(?:抱歉|对不起|對不起|很遗憾|sorry).{0,30}(?:不存在|找不到|没有找到|沒有找到|删除|刪除|无法访问|無法|移除|未通过审核)|(?:找不到|未找到|没有找到|沒有找到)(?:该|該|您|你|相关|相關|这个|這個|要|此|请求).{0,12}|"
            r"404\s*(?:not found|error|错误|錯誤|页面|頁面|\W|$)|not found|page (?:does not|doesn't) exist|指定的(?:主题|主題|帖子|文章)不存在|此(?:文章|内容|頁面|页面)不存在|没有(?:此|这)(?:条|篇)",
            re.I,
        ),
    ),
)
_EMPTY_ROOT = re.compile(
    r"<(?:div|main|section)\b[^>]*\bid=[\"']?(?:app|root|__next|__nuxt|main-app|q-app|container)[\"']?[^>]*>\s*(?:<!--.*?-->\s*)*</|"
    r"(?:请|請|需要|必须|必須)?(?:开启|開啟|启用|啟用|打开|打開|允许|允許|支持).{0,6}JavaScript|enable JavaScript|requires JavaScript|JavaScript (?:to run|is disabled|required)",
    re.I,
)
_REDIRECT = re.compile(r"(?:window\.|document\.|top\.|self\.)?location(?:\.href)?\s*=\s*[\"']|location\.replace\(|document\.cookie\s*=", re.I)


def kind_of_page(page: Outline, body: Body | None, title: str, html: str) -> Drop | None:
    """Why a page is no article, None when it may be one."""
    text = [page.lines[i].text for i in body.lines] if body else []
    size = sum(map(len, text))
    if size < SHORT:
        shown = " ".join([title, *(line.text for line in page.lines if line.linked * 2 <= line.size)])[:1500]
        notice = _notice(title, shown, size)
        if notice:
            return notice
    if size < 40 and (reason := _shell(page, html)):
        return reason
    if _is_list(page, body, size):
        return Drop(Stage.EXTRACT, Reason.LIST_PAGE, f"{size} characters of text beside {len(page.anchors)} links")
    return None


def _notice(title: str, shown: str, size: int) -> Drop | None:
    """The notice that fills a page: in the title, or on a page with little else on it."""
    for reason, pattern in _NOTICES:
        found = pattern.search(title) or (pattern.search(shown) if count_han(shown) < 260 or size < 80 else None)
        if found and (size < 160 or pattern.search(title)):
            return Drop(Stage.EXTRACT, reason, f"says {found[0][:40]!r}")
    return None


def _shell(page: Outline, html: str) -> Drop | None:
    """A page whose text a script would bring."""
    if (found := _EMPTY_ROOT.search(html)) and len(page.anchors) < 40:
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, f"an empty page around {found[0][:60]!r}")
    if len(page.lines) < 4 and "<script" in html and _REDIRECT.search(html):
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, "a script leads elsewhere")
    return None


def _is_list(page: Outline, body: Body | None, size: int) -> bool:
    """Many links with long titles and little running text between them."""
    if size >= 60 and (body is None or _teasers(page, body) <= 0.6):
        return False
    return sum(count_han(text) >= 8 for text in page.anchors.values()) >= 12


def _teasers(page: Outline, body: Body) -> float:
    """Share of body lines that end in an ellipsis or stand beside a linked title of their own."""
    cut = sum(page.lines[i].text.rstrip("]】)）详細详情全文更多>» ").endswith(("...", "…", "......")) for i in body.lines)
    return cut / len(body.lines) if len(body.lines) >= 4 else 0.0
