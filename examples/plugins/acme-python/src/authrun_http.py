"""What most vendors need of HTTP, in Python: requests with JSON, answers that are read leniently, and what a status means.

Copy this file, too, if your vendor speaks JSON over HTTP.
"""

import email.utils
import json
import re

import plugin_pb2 as pb
from authrun_plugin import Failure

# A comma before a closing brace or bracket, outside of strings: some vendors leave one behind.
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


async def post_json(host, url, value):
    """Posts a value as JSON, and gives what the vendor answered, a dict. Raises Failure by the status or where it is no object of JSON."""
    body = json.dumps(value, separators=(",", ":")).encode()
    answer = await host.exchange("POST", url, {"Content-Type": "application/json", "Accept": "application/json"}, body)
    check_status(host, answer)
    return read_object(answer)


def check_status(host, answer):
    """Raises what a status other than 2xx means."""
    status = answer.status
    if 200 <= status < 300:
        return
    text = f"HTTP {status}"
    if 300 <= status < 400:
        raise Failure(pb.CLASS_MALFORMED_ANSWER, text + ": a redirect, which is not followed")
    if status == 429:
        raise Failure(pb.CLASS_RATE_LIMITED, text, retry_after(host, answer))
    if status >= 500:
        raise Failure(pb.CLASS_UNAVAILABLE, text, retry_after(host, answer))
    raise Failure(pb.CLASS_INVALID_REQUEST, text)


def read_object(answer):
    """Reads the answer's body as an object of JSON. A failure holds not a word of it."""
    try:
        text = answer.body.decode("utf-8-sig")
        value = json.loads(_TRAILING.sub(lambda found: found.group(1) or "", text))
    except ValueError:
        raise Failure(pb.CLASS_MALFORMED_ANSWER, "the answer is not JSON") from None
    if not isinstance(value, dict):
        raise Failure(pb.CLASS_MALFORMED_ANSWER, "the answer is not an object of JSON")
    return value


def retry_after(host, answer):
    """When the vendor said to try again, in seconds from now; 0 where it did not."""
    headers = {line.name.lower(): line.value.decode("latin-1") for line in answer.headers}
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value), 10**9)
    try:
        then = email.utils.parsedate_to_datetime(value)
        now = email.utils.parsedate_to_datetime(headers["date"]) if "date" in headers else host.now
        return max((then - now).total_seconds(), 0)
    except (TypeError, ValueError):
        return 0


def number(value, otherwise=0):
    """A whole number that a vendor may write as a string, or leave out."""
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return otherwise
