"""The vendor: Acme, which is made up. Its tokens live for two hours, are refreshed once, and can be ended."""

import hashlib
import hmac
import json

from google.protobuf.duration_pb2 import Duration

import plugin_pb2 as pb
from authrun_http import number, post_json
from authrun_plugin import Failure

TEXT, NUMBER = b'"string"', b'"number"'  # types, in JSON

DESCRIPTION = pb.DescribeResponse(
    vendor="acme",
    version="0.1.0",
    sdk="python",
    doc="Tokens of Acme, a vendor that is made up: an example of a plugin in Python.",
    config=pb.Block(attributes=[
        pb.Attribute(name="base_url", type=TEXT, required=True, endpoint=True, account=True, doc="Address of the service."),
        pb.Attribute(name="app_id", type=TEXT, required=True, account=True, match="[a-z0-9]+", hint="lower-case letters and digits only",
                     doc="Who asks."),
        pb.Attribute(name="app_secret", type=TEXT, required=True, sensitive=True, doc="The secret of the application. It signs requests, and is not sent."),
    ]),
    credential=pb.Block(attributes=[
        pb.Attribute(name="level", type=NUMBER, whole=True, doc="What the token is good for."),
        pb.Attribute(name="refresh_token", type=TEXT, sensitive=True, private=True, doc="What renews the token."),
    ]),
    abilities=[
        pb.Ability(operation=pb.OPERATION_ACQUIRE, calls=1, typical_life=Duration(seconds=7200)),
        pb.Ability(operation=pb.OPERATION_RENEW, calls=1, typical_life=Duration(seconds=7200)),
        pb.Ability(operation=pb.OPERATION_REVOKE, calls=1),
    ],
    limits=[pb.Limit(name="pace", scope=["app_id"], counts=[pb.OPERATION_ACQUIRE], min_interval=Duration(seconds=1))],
    token=pb.Token(
        second=pb.SECOND_KEEPS,
        use=[pb.Placement(**{"in": pb.Placement.IN_HEADER}, name="Authorization", value="Bearer {token}")],
        dead=[pb.Evidence(status=401)],
    ),
)

# The values of "code" that are known.
CODES = {
    1001: (pb.CLASS_INVALID_CREDENTIALS, "wrong application or signature"),
    1002: (pb.CLASS_TOKEN_DEAD, "the token is dead"),
    1003: (pb.CLASS_RATE_LIMITED, "too many requests"),
    1004: (pb.CLASS_UNAVAILABLE, "busy"),
}


async def acquire(host, config, held):
    """Asks for a token. The time in the signature is the host's: it is that of a test, where there is one."""
    time = str(int(host.now.timestamp()))
    signed = (config["app_id"] + time).encode()
    signature = host.learn(hmac.new(config["app_secret"].encode(), signed, hashlib.sha256).hexdigest())
    return credential(await ask(host, config, "/v1/token", {"app_id": config["app_id"], "time": time, "sign": signature}))


async def renew(host, config, held):
    """Changes the refresh token for a new token and a new refresh token."""
    return credential(await ask(host, config, "/v1/refresh", {"refresh_token": held["refresh_token"]}))


async def revoke(host, config, held):
    """Ends the token. One that is dead already is as good."""
    try:
        await ask(host, config, "/v1/revoke", {"token": held["token"]})
    except Failure as failure:
        if getattr(failure.message, "class") != pb.CLASS_TOKEN_DEAD:
            raise
    return pb.Ended()


async def ask(host, config, path, question):
    """Makes the one exchange, and gives the answer's data. All that the vendor has to say comes with HTTP 200 and a code."""
    answer = await post_json(host, config["base_url"].rstrip("/") + path, question)
    code = number(answer.get("code"), None)
    if code is None:
        raise Failure(pb.CLASS_MALFORMED_ANSWER, "the answer has no code")
    if code != 0:
        kind, text = CODES.get(code, (pb.CLASS_UNSUPPORTED, "a code that this plugin does not know"))
        raise Failure(kind, f"{text} (code {code})")
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def credential(data):
    """What the vendor gave, for the host."""
    token, refresh = data.get("token"), data.get("refresh_token")
    life = number(data.get("expires_in"))
    if not isinstance(token, str) or not token:
        raise Failure(pb.CLASS_MALFORMED_ANSWER, "the answer has no token")
    if life <= 0:
        raise Failure(pb.CLASS_MALFORMED_ANSWER, "the answer does not say how long the token lives")
    renewable = isinstance(refresh, str) and refresh != ""
    return pb.Credential(
        value=json.dumps({"token": token, "level": number(data.get("level"))}).encode(),
        private=json.dumps({"refresh_token": refresh}).encode() if renewable else b"",
        life=Duration(seconds=min(life, 10**9)),
        renewable=renewable,
    )


OPERATIONS = {pb.OPERATION_ACQUIRE: acquire, pb.OPERATION_RENEW: renew, pb.OPERATION_REVOKE: revoke}
