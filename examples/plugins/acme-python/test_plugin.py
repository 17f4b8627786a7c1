"""Tests of what the examination by `authrun plugin test` cannot see: python3 -B -m unittest"""

import datetime
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))

import acme  # noqa: E402
import authrun_http  # noqa: E402
import authrun_plugin  # noqa: E402
import plugin_pb2 as pb  # noqa: E402

CONFIG = {"base_url": "https://acme.example/", "app_id": "demo", "app_secret": "made-up-secret"}


def start(operation, **held):
    message = pb.RunRequest(start=pb.Start(operation=operation, config=json.dumps(CONFIG).encode(), features=["http"]))
    message.now.FromSeconds(1790841600)
    if held:
        message.start.held.value = json.dumps({"token": "tk"}).encode()
        message.start.held.private = json.dumps(held).encode()
    return message


def answer(number, body, status=200, **headers):
    lines = [pb.Header(name=name.replace("_", "-"), value=value.encode()) for name, value in headers.items()]
    return pb.RunRequest(id=number, http=pb.HttpResponse(status=status, headers=lines, body=body.encode()))


def operate(*requests):
    """What the plugin sends, for what the host sends."""
    return list(authrun_plugin._operate(acme.OPERATIONS, iter(requests)))


def class_of(message):
    return getattr(message.failure, "class")


class Stream(unittest.TestCase):
    def test_acquire(self):
        asked, ended = operate(start(pb.OPERATION_ACQUIRE), answer(1, '{"code": 0, "data": {"token": "tk", "expires_in": 60}}'))
        self.assertEqual((asked.id, asked.http.url), (1, "https://acme.example/v1/token"))
        self.assertEqual(asked.http.secrets[0].decode(), json.loads(asked.http.body)["sign"])
        self.assertEqual((ended.id, ended.credential.life.seconds, ended.credential.renewable), (0, 60, False))

    def test_what_is_held(self):
        asked, _ = operate(start(pb.OPERATION_RENEW, refresh_token="rt"), answer(1, '{"code": 1002}'))
        self.assertEqual(json.loads(asked.http.body), {"refresh_token": "rt"})

    def test_unknown_kind(self):
        asked, unsupported, failed = operate(start(pb.OPERATION_ACQUIRE), pb.RunRequest(id=9), answer(1, '{"code": 77}'))
        self.assertEqual((unsupported.id, unsupported.WhichOneof("kind")), (9, "unsupported"))
        self.assertEqual(class_of(failed), pb.CLASS_UNSUPPORTED)

    def test_unknown_operation(self):
        (failed,) = operate(start(99))
        self.assertEqual(class_of(failed), pb.CLASS_UNSUPPORTED)

    def test_not_wanted_any_more(self):
        for last in (pb.RunRequest(cancel=pb.Cancel()), pb.RunRequest(id=1, cancel=pb.Cancel())):
            self.assertEqual(len(operate(start(pb.OPERATION_ACQUIRE), last, answer(1, "{}"))), 1)
        self.assertEqual(len(operate(start(pb.OPERATION_ACQUIRE))), 1)

    def test_no_answer(self):
        failure = authrun_plugin.Failure(pb.CLASS_QUOTA_EXHAUSTED, "used up", retry_after=1.5).message
        _, failed = operate(start(pb.OPERATION_ACQUIRE), pb.RunRequest(id=1, no_answer=pb.NoAnswer(failure=failure)))
        self.assertEqual(failed.failure, failure)
        self.assertEqual(failed.failure.retry_after.nanos, 500000000)

    def test_host_without_http(self):
        _, failed = operate(start(pb.OPERATION_ACQUIRE), pb.RunRequest(id=1, unsupported=pb.Unsupported()))
        self.assertEqual(class_of(failed), pb.CLASS_UNSUPPORTED)

    def test_first_message(self):
        with self.assertRaises(ValueError):
            operate(answer(1, "{}"))

    def test_too_large(self):
        work = authrun_plugin.Host().exchange("POST", "https://acme.example", body=b" " * (1 << 20) + b" ")
        with self.assertRaises(authrun_plugin.Failure):
            work.send(None)


class Answers(unittest.TestCase):
    def test_lenient(self):
        for body, want in {
            '\ufeff{"a": 1}': {"a": 1},
            '{"a": [1, 2,], "b": {"c": 3,},\n}': {"a": [1, 2], "b": {"c": 3}},
            '{"a": "not, ] this", "b": "\\",}"}': {"a": "not, ] this", "b": '",}'},
        }.items():
            self.assertEqual(authrun_http.read_object(pb.HttpResponse(body=body.encode())), want)
        for body in ("", "[]", "{", "null", "<html>", '{"a": 1} x'):
            with self.assertRaises(authrun_plugin.Failure, msg=body):
                authrun_http.read_object(pb.HttpResponse(body=body.encode()))

    def test_retry_after(self):
        host = authrun_plugin.Host()
        host.now = datetime.datetime(2026, 10, 1, 8, 0, 0, tzinfo=datetime.timezone.utc)
        for headers, want in (
            ({"Retry_After": "30"}, 30), ({}, 0), ({"Retry_After": "soon"}, 0), ({"Retry_After": "-1"}, 0),
            ({"Retry_After": "Thu, 01 Oct 2026 08:01:00 GMT"}, 60),
            ({"Retry_After": "Thu, 01 Oct 2026 07:00:00 GMT"}, 0),
            ({"Retry_After": "Thu, 01 Oct 2026 08:01:00 GMT", "Date": "Thu, 01 Oct 2026 08:00:50 GMT"}, 10),
        ):
            self.assertEqual(authrun_http.retry_after(host, answer(1, "", 503, **headers).http), want, headers)

    def test_number(self):
        for value, want in (("7", 7), ("87.0", 87), (3, 3), (None, 0), ("x", 0), ("1e999", 0), ("nan", 0)):
            self.assertEqual(authrun_http.number(value), want, value)


if __name__ == "__main__":
    unittest.main()
