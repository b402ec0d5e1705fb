# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
"""Every documented return code and delivery status of the service, with its meaning and what to do about it.

New codes may appear at any time, so no reader may take this table for all there is. `ErrorCode` and
`ReportStatus` give names to the numbers, `ERRORS` and `REPORT_STATUSES` the rest. spec/extensions.md explains
where the rows come from, and their doubts (C1..., G1...).
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class ErrorCategory(StrEnum):
    """What kind of trouble a code tells of; the overlay has one exception class for each."""

    SUCCESS = "success"
    AUTHENTICATION = "authentication"
    INVALID_REQUEST = "invalid_request"
    RECIPIENT = "recipient"
    RATE_LIMIT = "rate_limit"
    BALANCE = "balance"
    TEMPLATE = "template"
    SIGN = "sign"
    CONTENT = "content"
    SCHEDULE = "schedule"
    VERIFICATION = "verification"
    SERVER = "server"


class RetryAdvice(StrEnum):
    """What has to happen before the same call can succeed."""

    NEVER = "never"
    AFTER_WAIT = "after-wait"
    AFTER_CHANGE = "after-change"


class ErrorCode(IntEnum):
    """The names of the documented return codes."""

    SUCCESS = 50000
    """Success"""
    MISSING_AUTH = 50001
    """No credentials were sent"""
    AUTH_FAILED = 50002
    """Key and secret do not match, or are the wrong pair for this call"""
    MISSING_BODY = 50003
    """The request has no body"""
    MISSING_MOBILE = 50004
    """The phone number is missing"""
    MISSING_TEMP_ID = 50005
    """The template id is missing"""
    INVALID_MOBILE = 50006
    """This is not a valid phone number"""
    INVALID_BODY = 50007
    """The body cannot be read, or a field has the wrong type"""
    NO_SMS_CODE_AUTH = 50008
    """The SMS service is not opened for this application"""
    OUT_OF_FREQ = 50009
    """Too often in too short a time"""
    INVALID_CODE = 50010
    """The verification code is wrong"""
    EXPIRED_CODE = 50011
    """The verification code is too old"""
    VERIFIED_CODE = 50012
    """The verification code has been used already"""
    INVALID_TEMP_ID = 50013
    """There is no such template"""
    NO_MONEY = 50014
    """The balance is too small"""
    MISSING_CODE = 50015
    """The verification code is missing"""
    API_NOT_FOUND = 50016
    """There is no such path"""
    MEDIA_NOT_SUPPORTED = 50017
    """The media type does not fit the call"""
    REQUEST_METHOD_NOT_SUPPORT = 50018
    """The path does not know this HTTP method"""
    SERVER_ERROR = 50019
    """The server failed, and the outcome is unknown"""
    TEMPLATE_AUDITING = 50020
    """The template is still in review"""
    TEMPLATE_NOT_PASS = 50021
    """The template was refused"""
    PARAMETERS_NOT_ALL_REPLACED = 50022
    """Some variables of the template got no value"""
    PARAMETERS_IS_EMPTY = 50023
    """The template has variables, but no values were sent"""
    UNSUBSCRIBED_MOBILE = 50024
    """This person has unsubscribed from marketing"""
    WRONG_TEMPLATE_TYPE = 50025
    """The type of the template does not fit"""
    WRONG_MSG_ID = 50026
    """No verification code belongs to this msg_id"""
    INVALID_SEND_TIME = 50027
    """The time of sending is missing, malformed or past"""
    INVALID_SCHEDULE_ID = 50028
    """There is no such scheduled task"""
    WRONG_SCHEDULE_STATUS = 50029
    """The scheduled task has been sent or deleted already"""
    RECIPIENTS_IS_EMPTY = 50030
    """The list of recipients is empty"""
    TOO_MUCH_RECIPIENTS = 50031
    """More than 1000 recipients in one request"""
    APP_QUOTA_NOT_ASSIGNED = 50033
    """No balance was ever assigned to this application"""
    REPEAT_SEND = 50034
    """The same text to the same number again"""
    ILLEGAL_IP = 50035
    """Calls from this address are not allowed"""
    APP_IN_BLACK = 50036
    """The application is blacklisted"""
    HAS_BLACK_WORD = 50037
    """The text contains a forbidden word"""
    INVALID_CONTENT_LENGTH = 50038
    """The text is too long, or the voice code has not 4 to 8 digits"""
    INVALID_CODE_TYPE = 50039
    """A voice code may only have digits"""
    INVALID_VOICE_LANGUAGE_TYPE = 50040
    """Unknown voice language"""
    INVALID_TTL_VALUE = 50041
    """The life of the code is out of range"""
    TEMPLATE_IS_EMPTY = 50042
    """The template has no text"""
    TEMPLATE_TOO_LONG = 50043
    """The template is too long"""
    TEMPLATE_PARAMETER_INVALID = 50044
    """A variable of the template breaks the rules"""
    REMARK_TOO_LONG = 50045
    """The remark is too long"""
    SIGNATURE_NOT_SET = 50046
    """The application has no sign yet"""
    MODIFY_TEMPLATE_NOT_ALLOW = 50047
    """Only a refused template can be changed"""
    TEMPLATE_CONTAINS_SPECIAL_SYMBOL = 50052
    """The template contains 【 or 】"""
    SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK = 50053
    """A link variable needs its link in the remark"""
    CONTENT_CONTAINS_SPECIAL_SYMBOL = 50054
    """The filled-in text contains 【 or 】"""
    INVALID_IMAGE = 50101
    """A picture was refused"""
    INVALID_SIGN_ID = 50102
    """There is no such sign"""
    OTHER_SIGNATURES_IN_AUDIT = 50103
    """Another sign of this application is still in review"""
    INVALID_SIGNATURE = 50104
    """The text of the sign was refused"""
    DEFAULT_SIGNATURE_CANNOT_BE_DELETED = 50105
    """The default sign cannot be deleted"""


class ReportStatus(IntEnum):
    """The names of the documented delivery statuses."""

    DELIVERED = 4001
    """Delivered"""
    CARRIER_BLACKLIST = 4002
    """The number is on the blacklist of the carrier"""
    HANDSET_UNAVAILABLE = 4003
    """The phone could not be reached (switched off, out of service, full)"""
    NO_SUCH_NUMBER = 4004
    """The number does not exist"""
    NO_BALANCE = 4005
    """The balance was too small when the message should go out"""
    CARRIER_FREQUENCY = 4006
    """Too many messages to this number, by the limit of the carrier"""
    VOICE_NOT_ANSWERED = 4007
    """The call was not answered, or was refused"""
    VOICE_BUSY = 4008
    """The line was busy"""
    VOICE_UNREACHABLE = 4009
    """The phone could not be reached by a call"""
    CARRIER_FORBIDDEN_WORD = 4010
    """The carrier stopped the message for a forbidden word"""
    OTHER_REASON = 4100
    """Failed for another reason"""


class ErrorInfo(NamedTuple):
    """One return code."""

    code: int
    http_status: int
    """The status with which the service sends the code; inside the entries of a batch it comes with 200."""
    name: str
    message: str
    """The newest wording of the vendor, exactly. Compare codes, never messages."""
    category: ErrorCategory
    retry: RetryAdvice
    title_en: str
    title_zh: str
    remedy_en: str
    remedy_zh: str
    source: tuple[str, ...]
    """The pages of the vendor whose tables hold the code."""
    since: str
    doubts: tuple[str, ...]
    other_messages: tuple[str, ...]
    """Older wordings of the vendor."""


class ReportStatusInfo(NamedTuple):
    """One delivery status, as it comes in reports and callbacks."""

    status: int
    name: str
    delivered: bool
    voice: bool
    """Whether only a spoken code can end this way."""
    title_en: str
    title_zh: str
    remedy_en: str
    remedy_zh: str
    since: str


ERRORS: Final[Mapping[int, ErrorInfo]] = MappingProxyType(
    {
        50000: ErrorInfo(
            code=50000,
            http_status=200,
            name="SUCCESS",
            message="success",
            category=ErrorCategory.SUCCESS,
            retry=RetryAdvice.NEVER,
            title_en="Success",
            title_zh="请求成功",
            remedy_en="Nothing to do. The tables list this code, but no documented response carries it; a success is recognised by its status 200.",
            remedy_zh="无需处理。各页面的返回码表都列出了该码，但成功响应的正文中从未出现过它；请以 HTTP 状态 200 判断成功。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("G17",),
            other_messages=(),
        ),
        50001: ErrorInfo(
            code=50001,
            http_status=400,
            name="MISSING_AUTH",
            message="missing auth",
            category=ErrorCategory.AUTHENTICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="No credentials were sent",
            title_zh="请求未携带鉴权信息",
            remedy_en="Send the header `Authorization: Basic` with base64 of key:secret. Check that a proxy or a redirect does not strip the header.",
            remedy_zh="请在请求头中加入 Authorization（Basic 加 base64 编码的“key:secret”），并检查代理或重定向是否丢弃了该请求头。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=(),
            other_messages=(),
        ),
        50002: ErrorInfo(
            code=50002,
            http_status=401,
            name="AUTH_FAILED",
            message="auth failed",
            category=ErrorCategory.AUTHENTICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="Key and secret do not match, or are the wrong pair for this call",
            title_zh="密钥错误，或该接口不使用这一对密钥",
            remedy_en="Copy both parts again from the console (24 letters and digits each). `GET /accounts/dev` uses `devKey:apiDevSecret`, every other call `appKey:masterSecret`.",
            remedy_zh="请从控制台重新复制这对密钥（各为 24 位字母或数字）。`GET /accounts/dev` 使用 `devKey:apiDevSecret`，其余接口都使用 `appKey:masterSecret`。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("C4",),
            other_messages=(),
        ),
        50003: ErrorInfo(
            code=50003,
            http_status=400,
            name="MISSING_BODY",
            message="missing body",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The request has no body",
            title_zh="请求正文为空",
            remedy_en="Send the fields of the operation as a JSON object (for signs as multipart/form-data) and check that the client really writes the body.",
            remedy_zh="请以 JSON 对象（签名接口为 multipart/form-data）发送该接口的字段，并确认客户端确实写出了请求正文。",
            source=("send", "schedule", "templates", "sign", "summary"),
            since="R2016-06",
            doubts=(),
            other_messages=(),
        ),
        50004: ErrorInfo(
            code=50004,
            http_status=400,
            name="MISSING_MOBILE",
            message="missing mobile",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The phone number is missing",
            title_zh="缺少手机号码",
            remedy_en="Fill in `mobile` with the number of the recipient, as a text of 11 digits. In a batch, look for an entry without a number.",
            remedy_zh="请在 `mobile` 中填写收件人的 11 位手机号（字符串）。批量发送时，请找出没有号码的那一条。",
            source=("send", "schedule", "summary"),
            since="R2016-06",
            doubts=(),
            other_messages=(),
        ),
        50005: ErrorInfo(
            code=50005,
            http_status=400,
            name="MISSING_TEMP_ID",
            message="missing temp_id",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The template id is missing",
            title_zh="缺少模板 ID",
            remedy_en="Fill in `temp_id` with the id of an approved template. For a verification code the ready-made template 1 will do.",
            remedy_zh="请在 `temp_id` 中填写已审核通过的模板 ID；发送验证码可以使用平台预置的模板 1。",
            source=("send", "schedule", "summary"),
            since="R2016-06",
            doubts=("C7",),
            other_messages=("missing  temp_id",),
        ),
        50006: ErrorInfo(
            code=50006,
            http_status=403,
            name="INVALID_MOBILE",
            message="invalid mobile",
            category=ErrorCategory.RECIPIENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="This is not a valid phone number",
            title_zh="手机号码无效",
            remedy_en="Send a mobile number of mainland China, 11 digits, as text, without +86, blanks or hyphens. Ask the person for the right number; sending the same one again will not help.",
            remedy_zh="请发送 11 位的中国大陆手机号（字符串），不带 +86、空格或连字符；如号码有误请向用户核实，重发同一号码没有意义。",
            source=("send", "schedule", "summary"),
            since="R2016-06",
            doubts=("C33",),
            other_messages=(),
        ),
        50007: ErrorInfo(
            code=50007,
            http_status=403,
            name="INVALID_BODY",
            message="invalid body",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The body cannot be read, or a field has the wrong type",
            title_zh="请求正文无法解析，或字段类型不正确",
            remedy_en="Check that the body is one valid JSON object in UTF-8 (for signs well-formed multipart/form-data) and compare the type of each field with this description.",
            remedy_zh="请检查正文是否为合法的 UTF-8 JSON 对象（签名接口为格式正确的 multipart/form-data），并逐一核对各字段的类型。",
            source=("send", "schedule", "templates", "sign", "summary"),
            since="R2016-06",
            doubts=("C22", "G8"),
            other_messages=(),
        ),
        50008: ErrorInfo(
            code=50008,
            http_status=403,
            name="NO_SMS_CODE_AUTH",
            message="no sms code auth",
            category=ErrorCategory.AUTHENTICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The SMS service is not opened for this application",
            title_zh="该应用未开通短信服务",
            remedy_en="Open the SMS service for this application in the console, and check that the key pair is the one of the application that you mean.",
            remedy_zh="请在控制台为该应用开通短信服务，并确认所用的密钥属于该应用。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("G15",),
            other_messages=(),
        ),
        50009: ErrorInfo(
            code=50009,
            http_status=403,
            name="OUT_OF_FREQ",
            message="out of freq",
            category=ErrorCategory.RATE_LIMIT,
            retry=RetryAdvice.AFTER_WAIT,
            title_en="Too often in too short a time",
            title_zh="请求过于频繁，超出频率限制",
            remedy_en="Wait, then send again: 20 seconds for a voice code, 5 seconds for a pull, 10 minutes for the same notice or for marketing, up to 24 hours for a daily limit. Limits count per number and application.",
            remedy_zh="请等待后再试：语音验证码间隔 20 秒，拉取接口间隔 5 秒，相同的通知内容或营销短信 10 分钟，日限额最长 24 小时；发送限制按应用与号码计算。",
            source=("send", "accounts", "summary"),
            since="R2016-06",
            doubts=("C8", "C29", "C30", "G12"),
            other_messages=(),
        ),
        50010: ErrorInfo(
            code=50010,
            http_status=403,
            name="INVALID_CODE",
            message="invalid code",
            category=ErrorCategory.VERIFICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The verification code is wrong",
            title_zh="验证码错误",
            remedy_en="Tell the user that the code is wrong and let them type it again. The service documents no limit of attempts, so count them yourself and stop after a few.",
            remedy_zh="请提示用户验证码有误并重新输入。平台没有公布尝试次数上限，请自行计数，多次失败后停止校验。",
            source=("send", "summary"),
            since="R2016-06",
            doubts=("C2", "G3"),
            other_messages=(),
        ),
        50011: ErrorInfo(
            code=50011,
            http_status=403,
            name="EXPIRED_CODE",
            message="expired code",
            category=ErrorCategory.VERIFICATION,
            retry=RetryAdvice.NEVER,
            title_en="The verification code is too old",
            title_zh="验证码已过期",
            remedy_en="Send a new code and verify with its `msg_id`. If users are often too late, choose a template with a longer `ttl`.",
            remedy_zh="请重新发送验证码，并使用新的 `msg_id` 校验。若用户经常超时，可改用 `ttl` 更长的模板。",
            source=("send", "summary"),
            since="R2016-06",
            doubts=("C2",),
            other_messages=(),
        ),
        50012: ErrorInfo(
            code=50012,
            http_status=403,
            name="VERIFIED_CODE",
            message="verified code",
            category=ErrorCategory.VERIFICATION,
            retry=RetryAdvice.NEVER,
            title_en="The verification code has been used already",
            title_zh="验证码已被验证过",
            remedy_en="A code can be verified once. If your own earlier check succeeded, use that result (it may be a repeated request); otherwise send a new code.",
            remedy_zh="每个验证码只能成功验证一次。若此前已验证成功（例如重复提交），请沿用当时的结果；否则请重新发送验证码。",
            source=("send", "summary"),
            since="R2016-06",
            doubts=("C2",),
            other_messages=(),
        ),
        50013: ErrorInfo(
            code=50013,
            http_status=403,
            name="INVALID_TEMP_ID",
            message="invalid temp_id",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="There is no such template",
            title_zh="模板不存在或模板 ID 无效",
            remedy_en="Look up the id in the console and check that the template belongs to the application whose key pair you use and has not been deleted.",
            remedy_zh="请在控制台核对模板 ID，确认该模板属于当前密钥对应的应用，且没有被删除。",
            source=("send", "schedule", "templates", "summary"),
            since="R2016-06",
            doubts=("G23",),
            other_messages=(),
        ),
        50014: ErrorInfo(
            code=50014,
            http_status=403,
            name="NO_MONEY",
            message="no money",
            category=ErrorCategory.BALANCE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The balance is too small",
            title_zh="余量不足",
            remedy_en="Buy messages, or assign some to this application in the console, then send again. A long text needs more than one unit.",
            remedy_zh="请充值，或在控制台为该应用分配条数后再发送；超过 70 字的长短信会按多条计费。",
            source=("send", "schedule", "summary"),
            since="R2016-06",
            doubts=("C31",),
            other_messages=(),
        ),
        50015: ErrorInfo(
            code=50015,
            http_status=400,
            name="MISSING_CODE",
            message="missing code",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The verification code is missing",
            title_zh="缺少验证码",
            remedy_en="Fill in `code` with what the user typed. Check an empty input in your own form before calling.",
            remedy_zh="请在 `code` 中填写用户输入的验证码；建议调用前先在自己的表单中拦截空输入。",
            source=("send", "summary"),
            since="R2016-06",
            doubts=("C2",),
            other_messages=(),
        ),
        50016: ErrorInfo(
            code=50016,
            http_status=404,
            name="API_NOT_FOUND",
            message="api not found",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="There is no such path",
            title_zh="接口地址不存在",
            remedy_en="Compare the address with this description. The prefix is /v1, and an id must not be empty. An unknown id never gives this code.",
            remedy_zh="请核对请求地址：前缀为 /v1，路径中的 ID 不能为空。资源 ID 不存在时不会返回该码。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("C24",),
            other_messages=(),
        ),
        50017: ErrorInfo(
            code=50017,
            http_status=415,
            name="MEDIA_NOT_SUPPORTED",
            message="media not supported",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The media type does not fit the call",
            title_zh="不支持的媒体类型",
            remedy_en="Send `Content-Type` application/json, for creating and changing signs multipart/form-data with its boundary.",
            remedy_zh="请将 Content-Type 设为 application/json；创建和修改签名的接口使用带 boundary 的 multipart/form-data。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("C23",),
            other_messages=(),
        ),
        50018: ErrorInfo(
            code=50018,
            http_status=405,
            name="REQUEST_METHOD_NOT_SUPPORT",
            message="request method not support",
            category=ErrorCategory.INVALID_REQUEST,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The path does not know this HTTP method",
            title_zh="不支持的 HTTP 请求方法",
            remedy_en="Use the method of this description. A sign is changed with POST, not with PUT; a template and a schedule are changed with PUT.",
            remedy_zh="请使用文档规定的请求方法：修改签名用 POST 而不是 PUT，修改模板和定时任务用 PUT。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("C5",),
            other_messages=(),
        ),
        50019: ErrorInfo(
            code=50019,
            http_status=500,
            name="SERVER_ERROR",
            message="server error",
            category=ErrorCategory.SERVER,
            retry=RetryAdvice.NEVER,
            title_en="The server failed, and the outcome is unknown",
            title_zh="服务端错误，处理结果未知",
            remedy_en="A read can be repeated. A send may have gone out: look at the delivery reports before sending again, and repeat only if a second message does no harm. If it lasts, ask the support of the vendor.",
            remedy_zh="查询类请求可以重试。发送类请求可能已经发出：请先核对送达状态，只有在重复发送无害时才重发；若持续出现请联系极光技术支持。",
            source=("send", "schedule", "templates", "sign", "accounts", "summary"),
            since="R2016-06",
            doubts=("G16",),
            other_messages=(),
        ),
        50020: ErrorInfo(
            code=50020,
            http_status=403,
            name="TEMPLATE_AUDITING",
            message="template auditing",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_WAIT,
            title_en="The template is still in review",
            title_zh="模板正在审核中",
            remedy_en="Wait for the review to end (about 3 working hours): `GET /templates/{temp_id}` then shows status 1, and a callback tells it. Then send again; or use an approved template.",
            remedy_zh="请等待审核结束（约 3 个工作小时，可通过 `GET /templates/{temp_id}` 的 status 或审核回调得知）后再发送，或改用已通过的模板。",
            source=("send", "schedule", "summary"),
            since="R2017-05",
            doubts=("C7",),
            other_messages=("template audited",),
        ),
        50021: ErrorInfo(
            code=50021,
            http_status=403,
            name="TEMPLATE_NOT_PASS",
            message="template not pass",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The template was refused",
            title_zh="模板审核未通过",
            remedy_en="Read the reason in the console or in the review callback, change the template with `PUT /templates/{temp_id}` and wait for the new review, or use another template.",
            remedy_zh="请在控制台或审核回调中查看原因，用 `PUT /templates/{temp_id}` 修改模板并等待重新审核，或改用其他模板。",
            source=("send", "schedule", "summary"),
            since="R2017-05",
            doubts=(),
            other_messages=(),
        ),
        50022: ErrorInfo(
            code=50022,
            http_status=403,
            name="PARAMETERS_NOT_ALL_REPLACED",
            message="parameters not all replaced",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="Some variables of the template got no value",
            title_zh="模板变量未全部替换",
            remedy_en="Give a text in `temp_para` for every {{name}} of the template. Names must match exactly, and `null` counts as no value.",
            remedy_zh="请在 `temp_para` 中为模板的每个 {{变量}} 提供字符串值；变量名必须完全一致，`null` 视为未提供。",
            source=("send", "schedule", "summary"),
            since="R2017-05",
            doubts=("C21", "G22"),
            other_messages=(),
        ),
        50023: ErrorInfo(
            code=50023,
            http_status=403,
            name="PARAMETERS_IS_EMPTY",
            message="parameters is empty",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The template has variables, but no values were sent",
            title_zh="模板含有变量，但参数为空",
            remedy_en="Add `temp_para` with a text for every {{name}} of the template.",
            remedy_zh="请加入 `temp_para`，并为模板的每个 {{变量}} 提供字符串值。",
            source=("send", "schedule", "summary"),
            since="R2017-05",
            doubts=("C21",),
            other_messages=(),
        ),
        50024: ErrorInfo(
            code=50024,
            http_status=403,
            name="UNSUBSCRIBED_MOBILE",
            message="unsubscribed mobile",
            category=ErrorCategory.RECIPIENT,
            retry=RetryAdvice.NEVER,
            title_en="This person has unsubscribed from marketing",
            title_zh="该号码已退订营销短信",
            remedy_en="Take the number off your marketing list. Do not try again; no call of the API can undo it.",
            remedy_zh="请将该号码从营销名单中移除，不要再次发送；没有任何接口可以撤销退订。",
            source=("send", "schedule", "summary"),
            since="R2017-05",
            doubts=(),
            other_messages=(),
        ),
        50025: ErrorInfo(
            code=50025,
            http_status=403,
            name="WRONG_TEMPLATE_TYPE",
            message="wrong template type",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The type of the template does not fit",
            title_zh="模板类型不正确",
            remedy_en="When sending, choose a template of a type that this call accepts (`POST /codes` wants type 1). When creating or changing a template, `type` must be 1, 2 or 3.",
            remedy_zh="发送时请使用该接口支持的模板类型（`POST /codes` 只能用类型 1）；创建或修改模板时，`type` 只能是 1、2 或 3。",
            source=("send", "schedule", "templates", "summary"),
            since="R2017-07-20",
            doubts=("G15",),
            other_messages=(),
        ),
        50026: ErrorInfo(
            code=50026,
            http_status=403,
            name="WRONG_MSG_ID",
            message="wrong msg_id",
            category=ErrorCategory.VERIFICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="No verification code belongs to this msg_id",
            title_zh="msg_id 无效，找不到对应的验证码",
            remedy_en="Use the `msg_id` that `POST /codes` or `POST /voice_codes` of the same application returned. The id of an ordinary message cannot be verified.",
            remedy_zh="请使用同一应用调用 `POST /codes` 或 `POST /voice_codes` 得到的 `msg_id`；普通模板短信的 `msg_id` 不能用于校验。",
            source=("send", "schedule", "summary"),
            since="R2017-07-20",
            doubts=("C2", "G21"),
            other_messages=(),
        ),
        50027: ErrorInfo(
            code=50027,
            http_status=403,
            name="INVALID_SEND_TIME",
            message="invalid send_time",
            category=ErrorCategory.SCHEDULE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The time of sending is missing, malformed or past",
            title_zh="发送时间为空、格式不正确或早于当前时间",
            remedy_en="Send `send_time` as yyyy-MM-dd HH:mm:ss in China time (UTC+8), later than now by more than the clocks may differ.",
            remedy_zh="请按 yyyy-MM-dd HH:mm:ss 格式在 `send_time` 中填写北京时间（UTC+8），且必须晚于当前时间，并为时钟误差留出余量。",
            source=("schedule", "summary"),
            since="R2017-07-13",
            doubts=("G7",),
            other_messages=(),
        ),
        50028: ErrorInfo(
            code=50028,
            http_status=403,
            name="INVALID_SCHEDULE_ID",
            message="invalid schedule_id",
            category=ErrorCategory.SCHEDULE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="There is no such scheduled task",
            title_zh="定时任务不存在",
            remedy_en="Use the `schedule_id` that the creating call of the same application returned. A single task is changed with `PUT /schedule`, a batch task with `PUT /schedule/batch`; a deleted task is gone.",
            remedy_zh="请使用同一应用创建任务时返回的 `schedule_id`；单条任务用 `PUT /schedule` 修改，批量任务用 `PUT /schedule/batch` 修改，已删除的任务无法再访问。",
            source=("schedule", "summary"),
            since="R2017-07-13",
            doubts=("G5", "G6", "G23"),
            other_messages=(),
        ),
        50029: ErrorInfo(
            code=50029,
            http_status=403,
            name="WRONG_SCHEDULE_STATUS",
            message="wrong schedule status",
            category=ErrorCategory.SCHEDULE,
            retry=RetryAdvice.NEVER,
            title_en="The scheduled task has been sent or deleted already",
            title_zh="定时任务已发送或已删除，不能再操作",
            remedy_en="It is too late to change or cancel this task. Create a new one if something must still be sent.",
            remedy_zh="该任务已无法修改或取消；如仍需发送，请新建任务。",
            source=("schedule", "summary"),
            since="R2017-07-13",
            doubts=(),
            other_messages=(),
        ),
        50030: ErrorInfo(
            code=50030,
            http_status=403,
            name="RECIPIENTS_IS_EMPTY",
            message="recipients is empty",
            category=ErrorCategory.RECIPIENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The list of recipients is empty",
            title_zh="收件人列表为空",
            remedy_en="Put at least one entry into `recipients`; do not call at all when there is no recipient.",
            remedy_zh="请在 `recipients` 中至少放入一条记录；没有收件人时不要调用该接口。",
            source=("send", "schedule", "summary"),
            since="R2017-07-20",
            doubts=(),
            other_messages=(),
        ),
        50031: ErrorInfo(
            code=50031,
            http_status=403,
            name="TOO_MUCH_RECIPIENTS",
            message="too much recipients",
            category=ErrorCategory.RECIPIENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="More than 1000 recipients in one request",
            title_zh="一次请求的收件人超过 1000 个",
            remedy_en="Split the list into requests of at most 1000 entries each. Nothing of this request was sent.",
            remedy_zh="请把名单拆分成每次不超过 1000 条的请求；本次请求没有发出任何短信。",
            source=("send", "schedule", "summary"),
            since="R2017-07-20",
            doubts=(),
            other_messages=(),
        ),
        50033: ErrorInfo(
            code=50033,
            http_status=403,
            name="APP_QUOTA_NOT_ASSIGNED",
            message="app quota not assigned",
            category=ErrorCategory.BALANCE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="No balance was ever assigned to this application",
            title_zh="该应用未分配余量",
            remedy_en="Assign messages to the application in the console if it should have its own balance; otherwise read the shared balance with `GET /accounts/dev`.",
            remedy_zh="如需单独的余量，请在控制台为该应用分配条数；否则请用 `GET /accounts/dev` 查询账号的共享余量。",
            source=("accounts",),
            since="R2017-07-25",
            doubts=("C9",),
            other_messages=(),
        ),
        50034: ErrorInfo(
            code=50034,
            http_status=403,
            name="REPEAT_SEND",
            message="repeat send",
            category=ErrorCategory.RECIPIENT,
            retry=RetryAdvice.NEVER,
            title_en="The same text to the same number again",
            title_zh="重复发送相同内容到同一号码",
            remedy_en="The repeated message was dropped and the first one stands. Remove duplicates from your list; change the text only if the recipient really needs a second message.",
            remedy_zh="重复的一条已被过滤，先前的一条仍然有效。请对名单去重；只有确需再次通知时才更改内容后发送。",
            source=("send", "schedule", "summary"),
            since="R2017-07-28",
            doubts=(),
            other_messages=(),
        ),
        50035: ErrorInfo(
            code=50035,
            http_status=403,
            name="ILLEGAL_IP",
            message="illegal IP",
            category=ErrorCategory.AUTHENTICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="Calls from this address are not allowed",
            title_zh="调用方 IP 不在允许范围内",
            remedy_en="Add the outgoing address of your server to the allowed addresses of the account, or call from an allowed one.",
            remedy_zh="请将服务器的出口 IP 加入账号的允许列表，或改从已允许的 IP 发起调用。",
            source=("send", "summary"),
            since="R2017-08-16",
            doubts=("G19",),
            other_messages=(),
        ),
        50036: ErrorInfo(
            code=50036,
            http_status=403,
            name="APP_IN_BLACK",
            message="app in black",
            category=ErrorCategory.AUTHENTICATION,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The application is blacklisted",
            title_zh="应用已被列入黑名单",
            remedy_en="Stop sending. Ask the support of the vendor why, and remove the content that broke the rules; no call can lift the ban.",
            remedy_zh="请停止发送，联系极光商务或技术支持了解原因并整改违规内容；没有接口可以解除封禁。",
            source=("send", "summary"),
            since="R2017-08-16",
            doubts=(),
            other_messages=(),
        ),
        50037: ErrorInfo(
            code=50037,
            http_status=403,
            name="HAS_BLACK_WORD",
            message="has black word",
            category=ErrorCategory.CONTENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The text contains a forbidden word",
            title_zh="内容含有违禁词",
            remedy_en="Reword the template or the values in `temp_para`. Repeated violations can put the application on the blacklist (50036).",
            remedy_zh="请修改模板文字或 `temp_para` 中的变量值；多次违规可能导致应用被列入黑名单（50036）。",
            source=("send", "templates", "summary"),
            since="R2017-08-16",
            doubts=("G24",),
            other_messages=(),
        ),
        50038: ErrorInfo(
            code=50038,
            http_status=403,
            name="INVALID_CONTENT_LENGTH",
            message="invalid content length",
            category=ErrorCategory.CONTENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The text is too long, or the voice code has not 4 to 8 digits",
            title_zh="短信内容过长，或语音验证码不是 4 至 8 位",
            remedy_en="For a voice code send 4 to 8 digits. For a message shorten the values in `temp_para`: sign, text and unsubscribe hint together may have 500 characters (350 on older pages).",
            remedy_zh="语音验证码请使用 4 至 8 位数字；短信请缩短 `temp_para` 的值，签名、正文与退订提示合计不超过 500 字（旧文档为 350 字）。",
            source=("send", "summary"),
            since="R2017-09-08",
            doubts=("C6", "C10", "G24"),
            other_messages=("invalid code length",),
        ),
        50039: ErrorInfo(
            code=50039,
            http_status=403,
            name="INVALID_CODE_TYPE",
            message="invalid code type",
            category=ErrorCategory.CONTENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="A voice code may only have digits",
            title_zh="语音验证码只能是数字",
            remedy_en="Send `code` as a text made of the digits 0 to 9 only, or leave it out and let the service make one.",
            remedy_zh="请让 `code` 只包含数字 0 至 9（字符串），或不传 `code`，由平台生成。",
            source=("send", "summary"),
            since="R2017-09-08",
            doubts=(),
            other_messages=(),
        ),
        50040: ErrorInfo(
            code=50040,
            http_status=403,
            name="INVALID_VOICE_LANGUAGE_TYPE",
            message="invalid voice language type",
            category=ErrorCategory.CONTENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="Unknown voice language",
            title_zh="语音语言类型无效",
            remedy_en="Send `voice_lang` as 0 (Chinese), 1 (English) or 2 (both), or leave it out.",
            remedy_zh="`voice_lang` 只能是 0（中文）、1（英文）或 2（中英混合），也可以不传。",
            source=("send", "summary"),
            since="R2017-09-08",
            doubts=("G11",),
            other_messages=(),
        ),
        50041: ErrorInfo(
            code=50041,
            http_status=403,
            name="INVALID_TTL_VALUE",
            message="invalid ttl value",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The life of the code is out of range",
            title_zh="验证码有效期取值无效",
            remedy_en="Send `ttl` in seconds, from 1 to 86400. A template of type 1 must have one.",
            remedy_zh="`ttl` 以秒为单位，取值 1 至 86400；验证码模板（类型 1）必须填写 `ttl`。",
            source=("send", "templates", "summary"),
            since="R2017-09-08",
            doubts=("G10",),
            other_messages=(),
        ),
        50042: ErrorInfo(
            code=50042,
            http_status=403,
            name="TEMPLATE_IS_EMPTY",
            message="template is empty",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The template has no text",
            title_zh="模板内容为空",
            remedy_en="Fill in `template` with the text of the message, without the sign.",
            remedy_zh="请在 `template` 中填写短信正文（不含签名）。",
            source=("templates", "summary"),
            since="R2017-09-22",
            doubts=(),
            other_messages=(),
        ),
        50043: ErrorInfo(
            code=50043,
            http_status=403,
            name="TEMPLATE_TOO_LONG",
            message="template too long",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The template is too long",
            title_zh="模板内容过长",
            remedy_en="Shorten `template`. Text, sign and unsubscribe hint together may have 500 characters (350 on older pages).",
            remedy_zh="请缩短模板：正文、签名与退订提示合计不超过 500 字（旧文档为 350 字）。",
            source=("templates", "summary"),
            since="R2017-09-22",
            doubts=("C10",),
            other_messages=(),
        ),
        50044: ErrorInfo(
            code=50044,
            http_status=403,
            name="TEMPLATE_PARAMETER_INVALID",
            message="template parameter invalid",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="A variable of the template breaks the rules",
            title_zh="模板变量不符合规则",
            remedy_en="A verification template may only use {{code}} and must use it. Elsewhere names consist of letters and digits. Check that all braces are closed.",
            remedy_zh="验证码模板必须且只能使用 {{code}}；其他模板的变量名只能由字母和数字组成。请检查大括号是否成对。",
            source=("templates", "summary"),
            since="R2017-09-22",
            doubts=("C11", "C12"),
            other_messages=(),
        ),
        50045: ErrorInfo(
            code=50045,
            http_status=403,
            name="REMARK_TOO_LONG",
            message="remark too long",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The remark is too long",
            title_zh="备注过长",
            remedy_en="Shorten `remark` to 100 characters (the description of this code still says 500).",
            remedy_zh="请将 `remark` 缩短到 100 字以内（该返回码的说明仍写作 500 字）。",
            source=("templates", "summary"),
            since="R2017-09-22",
            doubts=("C13",),
            other_messages=(),
        ),
        50046: ErrorInfo(
            code=50046,
            http_status=403,
            name="SIGNATURE_NOT_SET",
            message="signature not set",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The application has no sign yet",
            title_zh="应用尚未设置签名",
            remedy_en="Create a sign with `POST /sign` or in the console, wait until it is approved, and make it the default sign in the console.",
            remedy_zh="请通过 `POST /sign` 或控制台创建签名，等待审核通过，并在控制台将其设为默认签名。",
            source=("templates", "summary"),
            since="R2017-09-22",
            doubts=(),
            other_messages=(),
        ),
        50047: ErrorInfo(
            code=50047,
            http_status=403,
            name="MODIFY_TEMPLATE_NOT_ALLOW",
            message="modify template not allow",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.NEVER,
            title_en="Only a refused template can be changed",
            title_zh="只有审核未通过的模板才能修改",
            remedy_en="Create a new template with the new text and send with its id once it is approved. The old one can then be deleted.",
            remedy_zh="请用新内容创建一个新模板，审核通过后改用新的模板 ID；旧模板可以随后删除。",
            source=("templates", "summary"),
            since="R2017-09-22",
            doubts=(),
            other_messages=(),
        ),
        50052: ErrorInfo(
            code=50052,
            http_status=403,
            name="TEMPLATE_CONTAINS_SPECIAL_SYMBOL",
            message="template contains special symbol",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The template contains 【 or 】",
            title_zh="模板内容含有【】",
            remedy_en="Remove 【 and 】 from `template`. The platform adds the sign automatically.",
            remedy_zh="请删除模板中的【】；签名由平台自动添加在短信前面。",
            source=("templates", "summary"),
            since="R2018-11-14",
            doubts=(),
            other_messages=(),
        ),
        50053: ErrorInfo(
            code=50053,
            http_status=403,
            name="SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK",
            message="special template parameter need extra remark for confirmation",
            category=ErrorCategory.TEMPLATE,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="A link variable needs its link in the remark",
            title_zh="模板使用了链接变量，需要在备注中说明链接",
            remedy_en="Put the link that replaces {{url}} at the very start of `remark`, or take the variable out of the template.",
            remedy_zh="请在 `remark` 的开头写明 {{url}} 对应的链接，或从模板中去掉该变量。",
            source=("templates", "summary"),
            since="R2018-11-14",
            doubts=(),
            other_messages=(),
        ),
        50054: ErrorInfo(
            code=50054,
            http_status=403,
            name="CONTENT_CONTAINS_SPECIAL_SYMBOL",
            message="content contains special symbol",
            category=ErrorCategory.CONTENT,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The filled-in text contains 【 or 】",
            title_zh="短信内容含有【】",
            remedy_en="Remove 【 and 】 from the values in `temp_para`, for example by writing round or square brackets instead.",
            remedy_zh="请去掉 `temp_para` 各变量值中的【】，可改用圆括号或方括号。",
            source=("send", "summary"),
            since="R2018-11-14",
            doubts=("G24",),
            other_messages=(),
        ),
        50101: ErrorInfo(
            code=50101,
            http_status=403,
            name="INVALID_IMAGE",
            message="invalid image",
            category=ErrorCategory.SIGN,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="A picture was refused",
            title_zh="图片不合法",
            remedy_en="Send readable PNG, JPG or JPEG files of at most 2 MB each, and the documents that the type of the sign requires.",
            remedy_zh="请上传清晰的 PNG、JPG 或 JPEG 图片，每张不超过 2 MB，并按签名类型提供相应的证明材料。",
            source=("sign", "summary"),
            since="R2018-03-08",
            doubts=("C15",),
            other_messages=(),
        ),
        50102: ErrorInfo(
            code=50102,
            http_status=403,
            name="INVALID_SIGN_ID",
            message="invalid sign id",
            category=ErrorCategory.SIGN,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="There is no such sign",
            title_zh="签名不存在或签名 ID 无效",
            remedy_en="Look up the id in the console and check that the sign belongs to this application and is approved; or leave `sign_id` out to use the default sign.",
            remedy_zh="请在控制台核对签名 ID，确认其属于当前应用且已通过审核；发送时也可以不传 `sign_id`，使用默认签名。",
            source=("sign", "summary"),
            since="R2018-03-08",
            doubts=("G2", "G23"),
            other_messages=(),
        ),
        50103: ErrorInfo(
            code=50103,
            http_status=403,
            name="OTHER_SIGNATURES_IN_AUDIT",
            message="other signatures in the audit",
            category=ErrorCategory.SIGN,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="Another sign of this application is still in review",
            title_zh="该应用还有其他签名正在审核",
            remedy_en="Wait until that review has ended (within two working days) or delete the waiting sign, then send this request again.",
            remedy_zh="请等待正在审核的签名出结果（两个工作日内），或删除该签名后再提交。",
            source=("sign", "summary"),
            since="R2018-03-08",
            doubts=("G20",),
            other_messages=(),
        ),
        50104: ErrorInfo(
            code=50104,
            http_status=403,
            name="INVALID_SIGNATURE",
            message="invalid signature",
            category=ErrorCategory.SIGN,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The text of the sign was refused",
            title_zh="签名内容不合法",
            remedy_en="Use 2 to 8 Chinese characters, English letters or digits in `sign`, without 【】 and any other marks.",
            remedy_zh="`sign` 请使用 2 至 8 个汉字、英文字母或数字，不要包含【】或其他符号。",
            source=("sign", "summary"),
            since="R2018-03-08",
            doubts=("C14", "G20"),
            other_messages=(),
        ),
        50105: ErrorInfo(
            code=50105,
            http_status=403,
            name="DEFAULT_SIGNATURE_CANNOT_BE_DELETED",
            message="default signature cannot be deleted",
            category=ErrorCategory.SIGN,
            retry=RetryAdvice.AFTER_CHANGE,
            title_en="The default sign cannot be deleted",
            title_zh="默认签名不能删除",
            remedy_en="Make another approved sign the default in the console, then delete this one.",
            remedy_zh="请先在控制台将另一个已通过的签名设为默认，再删除该签名。",
            source=("sign", "summary"),
            since="R2018-03-08",
            doubts=("C7", "G9"),
            other_messages=("the signature in use cannot be deleted",),
        ),
    }
)
"""The documented return codes, by number."""
REPORT_STATUSES: Final[Mapping[int, ReportStatusInfo]] = MappingProxyType(
    {
        4001: ReportStatusInfo(
            status=4001,
            name="DELIVERED",
            delivered=True,
            voice=False,
            title_en="Delivered",
            title_zh="发送成功",
            remedy_en="Nothing to do.",
            remedy_zh="无需处理。",
            since="first",
        ),
        4002: ReportStatusInfo(
            status=4002,
            name="CARRIER_BLACKLIST",
            delivered=False,
            voice=False,
            title_en="The number is on the blacklist of the carrier",
            title_zh="号码在运营商黑名单中",
            remedy_en="Do not send to this number again. The person can ask their carrier to be taken off the list.",
            remedy_zh="请不要再向该号码发送；用户可联系运营商解除黑名单。",
            since="first",
        ),
        4003: ReportStatusInfo(
            status=4003,
            name="HANDSET_UNAVAILABLE",
            delivered=False,
            voice=False,
            title_en="The phone could not be reached (switched off, out of service, full)",
            title_zh="手机终端问题（关机、停机等）",
            remedy_en="Try again later if the message still matters then, and offer the user another way.",
            remedy_zh="如短信仍有意义，可稍后再发，并为用户提供其他途径。",
            since="first",
        ),
        4004: ReportStatusInfo(
            status=4004,
            name="NO_SUCH_NUMBER",
            delivered=False,
            voice=False,
            title_en="The number does not exist",
            title_zh="号码不存在（空号）",
            remedy_en="Remove the number from your records, or ask the user for the right one.",
            remedy_zh="请从记录中移除该号码，或向用户核实正确的号码。",
            since="first",
        ),
        4005: ReportStatusInfo(
            status=4005,
            name="NO_BALANCE",
            delivered=False,
            voice=False,
            title_en="The balance was too small when the message should go out",
            title_zh="发送时余量不足",
            remedy_en="Top up the balance, then send again. Long batches and scheduled messages can run dry after they were accepted.",
            remedy_zh="请充值后重新发送；大批量和定时短信可能在受理之后才遇到余量不足。",
            since="first",
        ),
        4006: ReportStatusInfo(
            status=4006,
            name="CARRIER_FREQUENCY",
            delivered=False,
            voice=False,
            title_en="Too many messages to this number, by the limit of the carrier",
            title_zh="超出运营商的发送频率限制",
            remedy_en="Wait, at best until the next day, and send less often to this number.",
            remedy_zh="请等待一段时间（最好次日）再发送，并降低对该号码的发送频率。",
            since="first",
        ),
        4007: ReportStatusInfo(
            status=4007,
            name="VOICE_NOT_ANSWERED",
            delivered=False,
            voice=True,
            title_en="The call was not answered, or was refused",
            title_zh="语音呼叫未接听或被拒接",
            remedy_en="Tell the user that a call is coming and offer to call again, or send the code by text.",
            remedy_zh="请提示用户留意来电后再次呼叫，或改用短信验证码。",
            since="R2018-07-30",
        ),
        4008: ReportStatusInfo(
            status=4008,
            name="VOICE_BUSY",
            delivered=False,
            voice=True,
            title_en="The line was busy",
            title_zh="语音呼叫占线",
            remedy_en="Call again after at least 20 seconds, or send the code by text.",
            remedy_zh="请至少 20 秒后再次呼叫，或改用短信验证码。",
            since="R2018-07-30",
        ),
        4009: ReportStatusInfo(
            status=4009,
            name="VOICE_UNREACHABLE",
            delivered=False,
            voice=True,
            title_en="The phone could not be reached by a call",
            title_zh="语音呼叫无法接通",
            remedy_en="Try again later, or send the code by text.",
            remedy_zh="请稍后再次呼叫，或改用短信验证码。",
            since="R2018-07-30",
        ),
        4010: ReportStatusInfo(
            status=4010,
            name="CARRIER_FORBIDDEN_WORD",
            delivered=False,
            voice=False,
            title_en="The carrier stopped the message for a forbidden word",
            title_zh="内容含敏感词，被运营商拦截",
            remedy_en="Reword the template or its values before sending again. An approved template does not promise that carriers let it pass.",
            remedy_zh="请修改模板或变量内容后再发送；模板审核通过并不保证运营商放行。",
            since="R2018-11-22",
        ),
        4100: ReportStatusInfo(
            status=4100,
            name="OTHER_REASON",
            delivered=False,
            voice=False,
            title_en="Failed for another reason",
            title_zh="其他原因失败",
            remedy_en="Try once more if a second message does no harm. If many numbers are concerned, ask the support of the vendor with their `msg_id`.",
            remedy_zh="若重复发送无害可再试一次；如大量出现，请提供 `msg_id` 联系极光技术支持。",
            since="first",
        ),
    }
)
"""The documented delivery statuses, by number."""
