# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
"""What the service takes: rules across calls, bounds of every field that can be sent, the code for a breach.

Bounds carry the name of their schema, property and JSON Schema keyword. Patterns name an alphabet and are
anchored; lengths count characters, not bytes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXT_CODES_PER_DAY: Final = 200
"""More are refused with 50009. A page of the phone SDK says that codes are unlimited. Unit: text codes per
number and application in 24 hours. Source: frequency page. Doubts: C29."""
VOICE_CODE_INTERVAL_SECONDS: Final = 20
"""The least time between two voice codes to the same number from the same application. Earlier calls are refused
with 50009. Unit: seconds. Source: frequency page."""
NOTICE_SAME_TEXT: Final = 3
"""How often the same notice may go to the same number. Different texts do not count together. Unit: messages per
number and application in 10 minutes. Source: frequency page."""
NOTICE_PER_DAY: Final = 200
"""Notices of any text. The page of 2018 knew no such limit. Unit: messages per number and application in 24
hours. Source: frequency page, R2021-12. Doubts: C30."""
MARKETING_PER_WINDOW: Final = 3
"""Marketing messages of any text. Unit: messages per number and application in 10 minutes. Source: frequency
page."""
MARKETING_HOURS: Final = ("08:00", "21:00")
"""Marketing may go out between these times only. What happens to one that is scheduled outside is not
documented. Unit: time of day, UTC+8. Source: content rules. Doubts: G15."""
PULL_INTERVAL_SECONDS: Final = 5
"""The least time between two calls of `GET /report`, and likewise of `GET /reply`. Earlier ones are read as
refused with 50009. Unit: seconds. Source: pull page, R2021-12. Doubts: G12."""
PULL_PAGE_SIZE: Final = 500
"""The most records that one pull hands out. Call again (after the interval) until an empty list comes. Unit:
records. Source: pull page, R2021-12."""
PULL_RETENTION_DAYS: Final = 3
"""How long a record waits to be pulled. A comment in a newer SDK says 7 days; 3 is the safe reading. Unit: days.
Source: pull page, R2021-12. Doubts: C19."""
REPEAT_FILTER: Final = ("mobile", "text")
"""An entry with the number and the text of an earlier one is dropped with 50034. For how long texts are
remembered is not documented. Unit: fields that make two entries of a batch equal. Source: send page."""
BILLING_SINGLE_LENGTH: Final = 70
"""A message up to this length is one unit. Unit: characters. Source: template page, R2021-12."""
BILLING_PART_LENGTH: Final = 67
"""A longer message is billed as its length divided by this number, rounded up: 71 and 134 characters are 2
units, 135 are 3. Unit: characters. Source: template page, R2021-12."""
BILLING_LINE_BREAK: Final = 2
"""What a line break counts. Every other character counts 1, Chinese or not. Counted is the sign with its
brackets 【】, the filled-in text and the unsubscribe hint; that the two brackets count is inferred. Unit:
characters. Source: template page, R2021-12."""
MESSAGE_LENGTH: Final = 500
"""The most characters of sign, filled-in text and unsubscribe hint together (50038, for templates 50043). Older
pages and both codes say 350. Unit: characters. Source: template page, R2021-12. Doubts: C10."""
READY_MADE_TEMPLATE: Final = 1
"""An approved verification template that every application has under this id. Its life of a code seems to be 300
seconds (inferred). Unit: temp_id. Source: send page."""
TEXT_CODE_LENGTH: Final = 6
"""The length of a code that the service makes. Inferred from examples and from one SDK; a user's input should
not be checked against it. Unit: digits. Source: inferred."""
VOICE_CODE_DEFAULT_LIFE_SECONDS: Final = 60
"""The life of a voice code when `ttl` is not sent. The life of a text code is the `ttl` of its template. Unit:
seconds. Source: send page."""
CODE_USES: Final = 1
"""A second check of a right code is refused with 50012. Wrong attempts are not limited by any page. Unit:
successful verifications. Source: send page. Doubts: G3."""
TIME_ZONE: Final = "+08:00"
"""The zone in which `send_time` is read. No page names one; vendor, carriers and office hours are in China.
Unit: offset from UTC. Source: inferred. Doubts: G7."""
TEMPLATE_AUDIT_TIME_WORKING_HOURS: Final = 3
"""About how long the review of a template takes. Unit: working hours. Source: FAQ of the vendor."""
SIGN_AUDIT_TIME_WORKING_DAYS: Final = 2
"""Within this time the review of a sign ends. Office hours are Monday to Friday, 09:00-11:30 and 13:00-18:00,
UTC+8. Unit: working days. Source: console guide."""
SIGNS_IN_AUDIT: Final = 1
"""While one sign is in review, another one cannot be created or changed (50103). Unit: signs per application.
Source: sign page."""
SIGN_REQUIRED_PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "always": ("sign", "type", "legalPersonName", "legalPersonIdNumber", "idCardImage", "socialCreditCode"),
        "1": ("businessLicenseImage",),
        "3": ("icpAppScreenshot",),
        "6": ("trademarkImage",),
        "7": ("thirdPartyAuthImage",),
    }
)
"""What a new or changed sign needs since R2025-09. `socialCreditCode` and the parts for types 3, 6 and 7 are
known from one third-party SDK only. The page's own sample sends fewer parts. Before R2025-09 only `sign` was
required. Unit: parts of the form, always and by `type` of the sign. Source: sign page, R2025-09. Doubts: C15,
C16, C17, C32."""
SIGN_IMAGE_SIZE_BYTES: Final = 2097152
"""The most that each picture may have; the page says 2 MB. Older pages name no limit. Unit: bytes. Source: sign
page, R2025-09. Doubts: C15."""
SIGN_IMAGE_FORMATS: Final = ("png", "jpg", "jpeg")
"""What the pictures for a sign may be. Older pages name no format. Unit: file formats. Source: sign page,
R2025-09. Doubts: C15."""
CREDENTIAL_LENGTH: Final = 24
"""The length of each part of a credential pair. Seen in all samples and checked by one SDK; no page states it.
Unit: letters and digits. Source: samples."""
CALLBACK_ECHO_LENGTH: Final = 8
"""The length of `echostr` in the check of a callback address. Unit: characters. Source: callback page."""
CALLBACK_REPEAT_DELAYS_SECONDS: Final = (180, 3600, 43200)
"""When a callback that failed is sent again, three times at most. Whether each delay counts from the failure
before it is not said. Unit: seconds. Source: callback page. Doubts: G13."""
SEND_CODE_REQUEST_MOBILE_MIN_LENGTH: Final = 11
SEND_CODE_REQUEST_MOBILE_MAX_LENGTH: Final = 11
SEND_CODE_REQUEST_MOBILE_PATTERN: Final = "^1[3-9][0-9]*$"
SEND_CODE_REQUEST_TEMP_ID_MINIMUM: Final = 1
SEND_CODE_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
SEND_CODE_REQUEST_SIGN_ID_MINIMUM: Final = 1
SEND_CODE_REQUEST_SIGN_ID_MAXIMUM: Final = 9007199254740991
SEND_VOICE_CODE_REQUEST_MOBILE_MIN_LENGTH: Final = 11
SEND_VOICE_CODE_REQUEST_MOBILE_MAX_LENGTH: Final = 11
SEND_VOICE_CODE_REQUEST_MOBILE_PATTERN: Final = "^1[3-9][0-9]*$"
SEND_VOICE_CODE_REQUEST_CODE_MIN_LENGTH: Final = 4
SEND_VOICE_CODE_REQUEST_CODE_MAX_LENGTH: Final = 8
SEND_VOICE_CODE_REQUEST_CODE_PATTERN: Final = "^[0-9]+$"
SEND_VOICE_CODE_REQUEST_TTL_MINIMUM: Final = 1
SEND_VOICE_CODE_REQUEST_TTL_MAXIMUM: Final = 86400
VERIFY_CODE_REQUEST_CODE_MIN_LENGTH: Final = 1
VERIFY_CODE_REQUEST_CODE_MAX_LENGTH: Final = 32
SEND_MESSAGE_REQUEST_MOBILE_MIN_LENGTH: Final = 11
SEND_MESSAGE_REQUEST_MOBILE_MAX_LENGTH: Final = 11
SEND_MESSAGE_REQUEST_MOBILE_PATTERN: Final = "^1[3-9][0-9]*$"
SEND_MESSAGE_REQUEST_TEMP_ID_MINIMUM: Final = 1
SEND_MESSAGE_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
SEND_MESSAGE_REQUEST_SIGN_ID_MINIMUM: Final = 1
SEND_MESSAGE_REQUEST_SIGN_ID_MAXIMUM: Final = 9007199254740991
TEMPLATE_PARAMETERS_VALUES_MIN_LENGTH: Final = 0
TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH: Final = 500
BATCH_RECIPIENT_MOBILE_MIN_LENGTH: Final = 11
BATCH_RECIPIENT_MOBILE_MAX_LENGTH: Final = 11
BATCH_RECIPIENT_MOBILE_PATTERN: Final = "^1[3-9][0-9]*$"
SEND_MESSAGE_BATCH_REQUEST_TEMP_ID_MINIMUM: Final = 1
SEND_MESSAGE_BATCH_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MIN_ITEMS: Final = 1
SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS: Final = 1000
SEND_MESSAGE_BATCH_REQUEST_SIGN_ID_MINIMUM: Final = 1
SEND_MESSAGE_BATCH_REQUEST_SIGN_ID_MAXIMUM: Final = 9007199254740991
SEND_MESSAGE_BATCH_REQUEST_TAG_MIN_LENGTH: Final = 0
SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH: Final = 10
SCHEDULE_REQUEST_SEND_TIME_MIN_LENGTH: Final = 19
SCHEDULE_REQUEST_SEND_TIME_MAX_LENGTH: Final = 19
SCHEDULE_REQUEST_SEND_TIME_PATTERN: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
SCHEDULE_REQUEST_MOBILE_MIN_LENGTH: Final = 11
SCHEDULE_REQUEST_MOBILE_MAX_LENGTH: Final = 11
SCHEDULE_REQUEST_MOBILE_PATTERN: Final = "^1[3-9][0-9]*$"
SCHEDULE_REQUEST_TEMP_ID_MINIMUM: Final = 1
SCHEDULE_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
SCHEDULE_REQUEST_SIGN_ID_MINIMUM: Final = 1
SCHEDULE_REQUEST_SIGN_ID_MAXIMUM: Final = 9007199254740991
SCHEDULE_BATCH_REQUEST_SEND_TIME_MIN_LENGTH: Final = 19
SCHEDULE_BATCH_REQUEST_SEND_TIME_MAX_LENGTH: Final = 19
SCHEDULE_BATCH_REQUEST_SEND_TIME_PATTERN: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
SCHEDULE_BATCH_REQUEST_TEMP_ID_MINIMUM: Final = 1
SCHEDULE_BATCH_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
SCHEDULE_BATCH_REQUEST_RECIPIENTS_MIN_ITEMS: Final = 1
SCHEDULE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS: Final = 1000
SCHEDULE_BATCH_REQUEST_SIGN_ID_MINIMUM: Final = 1
SCHEDULE_BATCH_REQUEST_SIGN_ID_MAXIMUM: Final = 9007199254740991
SCHEDULE_BATCH_REQUEST_TAG_MIN_LENGTH: Final = 0
SCHEDULE_BATCH_REQUEST_TAG_MAX_LENGTH: Final = 10
SCHEDULE_BATCH_UPDATE_REQUEST_SEND_TIME_MIN_LENGTH: Final = 19
SCHEDULE_BATCH_UPDATE_REQUEST_SEND_TIME_MAX_LENGTH: Final = 19
SCHEDULE_BATCH_UPDATE_REQUEST_SEND_TIME_PATTERN: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
SCHEDULE_BATCH_UPDATE_REQUEST_TEMP_ID_MINIMUM: Final = 1
SCHEDULE_BATCH_UPDATE_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
SCHEDULE_BATCH_UPDATE_REQUEST_RECIPIENTS_MIN_ITEMS: Final = 1
SCHEDULE_BATCH_UPDATE_REQUEST_RECIPIENTS_MAX_ITEMS: Final = 1000
SCHEDULE_BATCH_UPDATE_REQUEST_SIGN_ID_MINIMUM: Final = 1
SCHEDULE_BATCH_UPDATE_REQUEST_SIGN_ID_MAXIMUM: Final = 9007199254740991
TEMPLATE_REQUEST_TEMPLATE_MIN_LENGTH: Final = 1
TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH: Final = 500
TEMPLATE_REQUEST_TEMPLATE_PATTERN: Final = "^[\x01-』〒-\U0010ffff〓-�]*$"
TEMPLATE_REQUEST_TTL_MINIMUM: Final = 1
TEMPLATE_REQUEST_TTL_MAXIMUM: Final = 86400
TEMPLATE_REQUEST_REMARK_MIN_LENGTH: Final = 0
TEMPLATE_REQUEST_REMARK_MAX_LENGTH: Final = 100
TEMPLATE_UPDATE_REQUEST_TEMP_ID_MINIMUM: Final = 1
TEMPLATE_UPDATE_REQUEST_TEMP_ID_MAXIMUM: Final = 9007199254740991
TEMPLATE_UPDATE_REQUEST_TEMPLATE_MIN_LENGTH: Final = 1
TEMPLATE_UPDATE_REQUEST_TEMPLATE_MAX_LENGTH: Final = 500
TEMPLATE_UPDATE_REQUEST_TEMPLATE_PATTERN: Final = "^[\x01-』〒-\U0010ffff〓-�]*$"
TEMPLATE_UPDATE_REQUEST_TTL_MINIMUM: Final = 1
TEMPLATE_UPDATE_REQUEST_TTL_MAXIMUM: Final = 86400
TEMPLATE_UPDATE_REQUEST_REMARK_MIN_LENGTH: Final = 0
TEMPLATE_UPDATE_REQUEST_REMARK_MAX_LENGTH: Final = 100
SIGN_FORM_SIGN_MIN_LENGTH: Final = 2
SIGN_FORM_SIGN_MAX_LENGTH: Final = 8
SIGN_FORM_SIGN_PATTERN: Final = "^[0-9A-Za-z一-鿿]+$"
SIGN_FORM_LEGAL_PERSON_NAME_MIN_LENGTH: Final = 1
SIGN_FORM_LEGAL_PERSON_NAME_MAX_LENGTH: Final = 100
SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MIN_LENGTH: Final = 18
SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MAX_LENGTH: Final = 18
SIGN_FORM_LEGAL_PERSON_ID_NUMBER_PATTERN: Final = "^[0-9Xx]+$"
SIGN_FORM_SOCIAL_CREDIT_CODE_MIN_LENGTH: Final = 18
SIGN_FORM_SOCIAL_CREDIT_CODE_MAX_LENGTH: Final = 18
SIGN_FORM_SOCIAL_CREDIT_CODE_PATTERN: Final = "^[0-9A-Z]+$"
SIGN_FORM_THIRD_PARTY_COMPANY_NAME_MIN_LENGTH: Final = 1
SIGN_FORM_THIRD_PARTY_COMPANY_NAME_MAX_LENGTH: Final = 100
SIGN_FORM_REMARK_MIN_LENGTH: Final = 0
SIGN_FORM_REMARK_MAX_LENGTH: Final = 100
MSG_ID_PATH_MIN_LENGTH: Final = 1
MSG_ID_PATH_MAX_LENGTH: Final = 64
MSG_ID_PATH_PATTERN: Final = "^[0-9A-Za-z-]+$"
TEMP_ID_PATH_MINIMUM: Final = 1
TEMP_ID_PATH_MAXIMUM: Final = 9007199254740991
SIGN_ID_PATH_MINIMUM: Final = 1
SIGN_ID_PATH_MAXIMUM: Final = 9007199254740991
SCHEDULE_ID_PATH_MIN_LENGTH: Final = 1
SCHEDULE_ID_PATH_MAX_LENGTH: Final = 64
SCHEDULE_ID_PATH_PATTERN: Final = "^[0-9A-Za-z-]+$"
REFUSALS: Final[Mapping[str, Mapping[str, Mapping[str, int]]]] = MappingProxyType(
    {
        "sendCode": {
            "mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "sign_id": {"type": 50007, "invalid": 50102},
        },
        "sendVoiceCode": {
            "mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "code": {"type": 50007, "minLength": 50038, "maxLength": 50038, "pattern": 50039},
            "voice_lang": {"type": 50007, "invalid": 50040},
            "ttl": {"type": 50007, "invalid": 50041},
        },
        "verifyCode": {
            "code": {"missing": 50015, "type": 50007, "minLength": 50015, "invalid": 50010},
            "msg_id": {"invalid": 50026},
        },
        "sendMessage": {
            "mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "temp_para": {"type": 50007},
            "sign_id": {"type": 50007, "invalid": 50102},
        },
        "sendMessageBatch": {
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "recipients": {"missing": 50030, "type": 50007, "minItems": 50030, "maxItems": 50031},
            "recipients[].mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "recipients[].temp_para": {"type": 50007},
            "sign_id": {"type": 50007, "invalid": 50102},
            "tag": {"type": 50007, "maxLength": 50007},
        },
        "getAccountBalance": {},
        "getAppBalance": {},
        "pullReports": {},
        "pullReplies": {},
        "createSchedule": {
            "send_time": {"missing": 50027, "type": 50007, "invalid": 50027},
            "mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "temp_para": {"type": 50007},
            "sign_id": {"type": 50007, "invalid": 50102},
        },
        "createScheduleBatch": {
            "send_time": {"missing": 50027, "type": 50007, "invalid": 50027},
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "recipients": {"missing": 50030, "type": 50007, "minItems": 50030, "maxItems": 50031},
            "recipients[].mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "recipients[].temp_para": {"type": 50007},
            "sign_id": {"type": 50007, "invalid": 50102},
            "tag": {"type": 50007, "maxLength": 50007},
        },
        "updateSchedule": {
            "send_time": {"missing": 50027, "type": 50007, "invalid": 50027},
            "mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "temp_para": {"type": 50007},
            "sign_id": {"type": 50007, "invalid": 50102},
            "schedule_id": {"invalid": 50028},
        },
        "getSchedule": {"schedule_id": {"invalid": 50028}},
        "deleteSchedule": {"schedule_id": {"invalid": 50028}},
        "updateScheduleBatch": {
            "send_time": {"missing": 50027, "type": 50007, "invalid": 50027},
            "temp_id": {"missing": 50005, "type": 50007, "invalid": 50013},
            "recipients": {"missing": 50030, "type": 50007, "minItems": 50030, "maxItems": 50031},
            "recipients[].mobile": {"missing": 50004, "type": 50007, "invalid": 50006},
            "recipients[].temp_para": {"type": 50007},
            "sign_id": {"type": 50007, "invalid": 50102},
            "schedule_id": {"invalid": 50028},
        },
        "createTemplate": {
            "template": {"missing": 50042, "type": 50007, "minLength": 50042, "maxLength": 50043, "pattern": 50052},
            "type": {"missing": 50025, "type": 50007, "invalid": 50025},
            "ttl": {"type": 50007, "invalid": 50041},
            "remark": {"type": 50007, "maxLength": 50045},
        },
        "updateTemplate": {
            "temp_id": {"type": 50007, "invalid": 50013},
            "template": {"missing": 50042, "type": 50007, "minLength": 50042, "maxLength": 50043, "pattern": 50052},
            "type": {"missing": 50025, "type": 50007, "invalid": 50025},
            "ttl": {"type": 50007, "invalid": 50041},
            "remark": {"type": 50007, "maxLength": 50045},
        },
        "getTemplate": {"temp_id": {"invalid": 50013}},
        "deleteTemplate": {"temp_id": {"invalid": 50013}},
        "createSign": {
            "sign": {"missing": 50104, "type": 50007, "invalid": 50104},
            "type": {"type": 50007, "invalid": 50007},
            "legalPersonName": {"type": 50007, "invalid": 50007},
            "legalPersonIdNumber": {"type": 50007, "invalid": 50007},
            "idCardImage": {"type": 50007, "invalid": 50101},
            "socialCreditCode": {"type": 50007, "invalid": 50007},
            "thirdPartyCompanyName": {"type": 50007, "invalid": 50007},
            "businessLicenseImage": {"type": 50007, "invalid": 50101},
            "icpAppScreenshot": {"type": 50007, "invalid": 50101},
            "trademarkImage": {"type": 50007, "invalid": 50101},
            "thirdPartyAuthImage": {"type": 50007, "invalid": 50101},
            "otherImage": {"type": 50007, "invalid": 50101},
            "remark": {"type": 50007, "maxLength": 50007},
            "image0": {"type": 50007, "invalid": 50101},
            "image1": {"type": 50007, "invalid": 50101},
            "image2": {"type": 50007, "invalid": 50101},
            "image3": {"type": 50007, "invalid": 50101},
        },
        "updateSign": {
            "sign": {"missing": 50104, "type": 50007, "invalid": 50104},
            "type": {"type": 50007, "invalid": 50007},
            "legalPersonName": {"type": 50007, "invalid": 50007},
            "legalPersonIdNumber": {"type": 50007, "invalid": 50007},
            "idCardImage": {"type": 50007, "invalid": 50101},
            "socialCreditCode": {"type": 50007, "invalid": 50007},
            "thirdPartyCompanyName": {"type": 50007, "invalid": 50007},
            "businessLicenseImage": {"type": 50007, "invalid": 50101},
            "icpAppScreenshot": {"type": 50007, "invalid": 50101},
            "trademarkImage": {"type": 50007, "invalid": 50101},
            "thirdPartyAuthImage": {"type": 50007, "invalid": 50101},
            "otherImage": {"type": 50007, "invalid": 50101},
            "remark": {"type": 50007, "maxLength": 50007},
            "image0": {"type": 50007, "invalid": 50101},
            "image1": {"type": 50007, "invalid": 50101},
            "image2": {"type": 50007, "invalid": 50101},
            "image3": {"type": 50007, "invalid": 50101},
            "sign_id": {"invalid": 50102},
        },
        "getSign": {"sign_id": {"invalid": 50102}},
        "deleteSign": {"sign_id": {"invalid": 50102}},
    }
)
"""By operationId and by the name of a property or path parameter: the code for an absent value (missing), one of
the wrong JSON type (type), one that breaks the named keyword, and any other breach (invalid). Properties of
batch entries are named recipients[].mobile; their codes are given for the entry, not for the request."""
