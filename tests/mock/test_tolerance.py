"""What real clients put on the wire beside what is documented: understood, each with its client."""

from __future__ import annotations

from jsmskit.mock.service.reviews import SIGNS, TEMPLATES

from tests.mock.bench import NOTICE, PHONE, PNG, Bench, form_body, single_task


def test_codes_may_arrive_as_numbers(bench: Bench) -> None:
    """C# sends the voice code as an integer; the check does the same."""
    answer = bench.post("/voice_codes", {"mobile": PHONE, "code": 394821, "voice_lang": "2", "ttl": "90"})
    assert answer.status == 200
    (message,) = bench.messages()
    assert (message.code, message.language, message.text) == ("394821", 2, "394821")
    assert bench.post(f"/codes/{answer.json['msg_id']}/valid", {"code": 394821}).status == 200


def test_the_batch_of_the_php_sdk_is_understood_and_echoed_as_it_was_sent(bench: Bench) -> None:
    """PHP can only send numbers as JSON numbers there."""
    entries = [
        {"mobile": 13800138000, "temp_para": {"number": 1}},
        {"mobile": "+8613800138001", "temp_para": {"number": "1"}, "unknown": 1},
        {"mobile": 123, "temp_para": {"number": 2, "gone": None}},
    ]
    told = bench.post("/messages/batch", {"temp_id": str(NOTICE), "recipients": entries}).json
    assert [entry["mobile"] for entry in told["recipients"]] == ["13800138000", "+8613800138001", "123"]
    assert told["recipients"][2]["temp_para"] == {"number": "2"}
    assert [message.phone for message in bench.messages()] == ["13800138000", "13800138001"]


def test_the_template_that_java_hands_in_is_understood(bench: Bench) -> None:
    """Java always sends temp_id 0 as well."""
    body = {"temp_id": 0, "template": "您好", "type": "2", "remark": ""}
    answer = bench.post("/templates", body)
    assert bench.get(f"/templates/{answer.json['temp_id']}").json["remark"] == ""


def test_the_update_of_a_template_may_leave_its_id_out_of_the_body(bench: Bench) -> None:
    """A third-party bundle does; if both are there and differ, the path decides."""
    fields = {"template": "您好", "type": 2}
    assert bench.put("/templates/105", fields).json == {"temp_id": 105}
    bench.dispatcher.review(TEMPLATES, bench.app_key, 105, approved=False)
    assert bench.put("/templates/105", {**fields, "temp_id": 104}).json == {"temp_id": 105}


def test_tag_is_ignored_where_it_is_not_documented(bench: Bench) -> None:
    """C# and Go send it on the batch change, a bundle on /messages (C22)."""
    schedule_id = bench.schedule_batch(tag="标签")
    answer = bench.put(
        f"/schedule/batch/{schedule_id}",
        {**single_task(), "recipients": [{"mobile": PHONE, "temp_para": {"number": "2"}}], "tag": "x" * 50},
    )
    assert answer.status == 200
    schedule = bench.state.schedules.get(bench.app_key, schedule_id)
    assert schedule is not None
    assert schedule.tag == "标签"
    assert bench.notice(tag="x" * 50).status == 200


def test_forms_of_every_official_sdk_are_read(bench: Bench) -> None:
    """A blank in the header, names without quotes, types on texts, empty parts, images."""
    picture = b"\r\nContent-Type:application/octet-stream\r\n\r\nanything\r\n"
    java = b"".join(
        [
            b'--========7d4a6d158c9\r\nContent-Disposition: form-data; name="sign"\r\n\r\n',
            "签名一\r\n".encode(),
            b'--========7d4a6d158c9\r\nContent-Disposition: form-data; name="images"; filename="a"' + picture,
            b'--========7d4a6d158c9\r\nContent-Disposition: form-data; name="images"; filename="b"' + picture,
            b"--========7d4a6d158c9--\r\n",
        ]
    )
    dotnet = (
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=sign\r\n\r\n"
        + "签名二".encode()
        + b"\r\n--x--\r\n"
    )
    php = form_body({"sign": "签名三", "image0": "", "type": "", "remark": ""})
    forms = [
        (java, "multipart/form-data ; boundary=========7d4a6d158c9"),
        (dotnet, 'multipart/form-data; boundary="x"'),
        (php, "multipart/form-data; boundary=xyz"),
    ]
    for body, content_type in forms:
        answer = bench.post("/sign/", body, content_type=content_type)
        assert answer.status == 200, answer
        bench.dispatcher.review(SIGNS, bench.app_key, answer.json["sign_id"], approved=True)
    assert [sign.sign for sign in bench.state.signs.of(bench.app_key)[-3:]] == ["签名一", "签名二", "签名三"]


def test_pictures_of_all_revisions_are_taken(bench: Bench) -> None:
    """C15: image0 to image3, images, and the names of 2025-09."""
    names = ["image0", "image1", "image2", "image3", "images", "idCardImage", "otherImage"]
    parts: dict[str, str | bytes] = {"sign": "新签名", **dict.fromkeys(names, PNG)}
    assert bench.form("/sign", parts).status == 200
