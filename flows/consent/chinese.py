"""How people revoke consent in Chinese, in both scripts; written without blanks, each sign is a word here."""

from __future__ import annotations

from flows.consent.phrasebook import Phrasebook, make_guards
from flows.consent.phrases import compile_phrases

_CLASSES = {
    "NOT": "不要, 别, 別, 请勿, 請勿, 勿, 不许, 不准, 停止, 拒绝, 拒絕, 禁止, 请别, 不必, 不用, 别给我, 不要给我",
    "WANTNOT": "不想, 不愿, 不愿意, 不需要, 不希望, 不要, 拒绝, 拒絕, 不再, 不想要, 不願, 不願意",
    "FILL": "再, 继续, 繼續, 给我, 給我, 向我, 我, 往我手机, 再给我, 任何, 总是, 一直, 老是, 来, 来给我, 对我",
    "SEND": "发送, 發送, 发, 發, 推送, 打扰, 打擾, 骚扰, 騷擾, 联系, 聯繫, 联络, 聯絡, 传, 傳, 寄, 发来, 發來",
    "GET": "收到, 收, 接收, 看到, 接到, 收取",
    "WHICH": "任何, 更多, 这些, 這些, 此类, 这类, 这种, 這種, 的, 给我, 給我, 垃圾, 营销, 你们, 你們, 你, 了, 我",
    "NOUN": "短信, 信息, 消息, 简讯, 簡訊, 訊息, 讯息, 推送, 通知, 广告, 廣告, 资讯, 資訊, 邮件, 短訊",
    "UNSUB": "退订, 退訂, 取消订阅, 取消訂閱, 取消订閱, 解除订阅, 取消关注",
    "REMOVE": "删除, 刪除, 移除, 删掉, 刪掉, 去掉, 除名, 移出, 删了, 去除, 移走, 拿掉",
    "NUMBER": "号码, 號碼, 手机号, 手機號, 电话, 電話, 手机号码, 电话号码, 電話號碼, 联系方式, 名字, 资料, 資料",
    "LIST": "名单, 名單, 列表, 清单, 清單, 通讯录, 通訊錄, 群, 数据库, 系统, 系統, 群发",
}
_STOP = """
    !NOT FILL* SEND WHICH* NOUN
    !NOT FILL* SEND 我|了? 了? $
    !WANTNOT FILL* GET WHICH* NOUN
    !WANTNOT FILL* GET 了? $
    !WANTNOT FILL* 被? 打扰|骚扰|打擾|騷擾
    !UNSUB
    !把|将|將|从 ... ... ... REMOVE
    !REMOVE 我 的? NUMBER
    !REMOVE 我 $
    !REMOVE 这|此|這 个|個? NUMBER
    !撤回|撤销|撤銷 我? 的? 同意|授权|授權
"""
_BARE = """
    ^ !停止|停 了|吧? $
    ^ !不要|别|別|请勿|請勿 再? 烦|煩|打扰|打擾|骚扰|騷擾 我|我们 了? $
"""
_DOUBT = """
    !打错|错号|錯號|号码错|发错|發錯|找错
    !不要|别|別 烦|煩|打扰|打擾 我
    !短信|消息|信息 太多
"""
_PERSON = """
    !人工|真人|客服 服务|服務?
    !跟|和|与|找 ... 人|客服 说话|谈|聊|通话
"""

CHINESE = Phrasebook(
    "zh",
    stop=compile_phrases(_STOP, _CLASSES),
    bare=compile_phrases(_BARE, _CLASSES),
    doubt=compile_phrases(_DOUBT, _CLASSES),
    person=compile_phrases(_PERSON, _CLASSES),
    guards=make_guards(
        denied=(
            r"(?:不 要|别|別|请 勿|没 有|不 想|不 会|如 果|为 什 么|什 么 时 候) (?:再 |我 |让 我 |想 |给 我 ){0,2}",
        ),
        insists=(r"为 什 么 不 ",),
        narrow=(r"(?:在 )?(?:晚 上|半 夜|早 上|白 天|上 班|周 末|太 多|这 么 多)",),
        stays=(r"但 (?:是 )?我 (?:还 )?(?:想|要)",),
        supports=(r"(?:不 感 兴 趣|不 感 興 趣|你 是 谁|你 是 誰|谢 谢 不 用)",),
    ),
)
