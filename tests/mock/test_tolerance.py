"""What real clients put on the wire beside what is documented: understood, each with its client."""

from __future__ import annotations

from jsmskit.mock.service.reviews import SIGNS, TEMPLATES

from tests.mock.bench import Bench, form_body


def test_the_update_of_a_template_may_leave_its_id_out_of_the_body(bench: Bench) -> None:
    """A third-party bundle does; if both are there and differ, the path decides."""
    fields = {"template": "您好", "type": 2}
    assert bench.put("/templates/105", fields).json == {"temp_id": 105}
    bench.dispatcher.review(TEMPLATES, bench.app_key, 105, approved=False)
    assert bench.put("/templates/105", {**fields, "temp_id": 104}).json == {"temp_id": 105}


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
    signs = bench.state.signs.find("app_key = ? ORDER BY sign_id", bench.app_key)
    assert [sign.sign for sign in signs[-3:]] == ["签名一", "签名二", "签名三"]
