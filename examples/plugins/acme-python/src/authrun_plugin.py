"""What every plugin for authrun needs, in Python: the handshake, the services, and the stream of an operation.

Copy this file into a plugin of your own. It knows no vendor. serve() is the main of a plugin; an operation is an async function
that gets a Host, and awaits its exchanges:

    async def acquire(host, config, held):
        answer = await host.exchange("POST", config["base_url"] + "/v1/token", body=b"...")
        return pb.Credential(value=json.dumps({"token": ...}).encode(), life=Duration(seconds=3600))

It needs nothing but Python 3.9, grpcio and protobuf, as Debian 12 has them (python3-grpcio, python3-protobuf).
"""

import concurrent.futures
import datetime
import json
import os
import sys
import tempfile
import threading
import traceback

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"  # the sandbox lets nothing fork, and gRPC would prepare for it
import grpc  # noqa: E402
from google.protobuf.json_format import MessageToJson  # noqa: E402

import plugin_pb2 as pb  # noqa: E402

COOKIE = ("AUTHRUN_PLUGIN_COOKIE", "5f0f3d6f1f0b4f0c8b53c7d2a86e4a19")
PROTOCOL = 1
MAX_BODY = 1 << 20  # bytes of a request
MAX_MESSAGE = 2 << 20  # bytes of a message of the protocol
OPERATIONS = 32  # that run at once; more wait
LEVELS = ["trace", "debug", "info", "warn", "error", "off"]


class Failure(Exception):
    """How an operation ends that did not succeed. Kind is one of pb.CLASS_..., text is for a person and holds no secret."""

    def __init__(self, kind, text, retry_after=0, path=()):
        super().__init__(text)
        self.message = pb.Failure(text=text, path=path)
        setattr(self.message, "class", kind)  # a word of Python
        if retry_after > 0:
            self.message.retry_after.FromNanoseconds(int(retry_after * 1e9))


class Host:
    """The host, as one operation sees it."""

    def __init__(self):
        self.now = None  # the host's clock as it sent its last message; use no other
        self._secrets = []

    async def exchange(self, method, url, headers=(), body=b""):
        """Has the host make an HTTP request, and gives the vendor's answer, a pb.HttpResponse, whatever its status. Raises Failure where there is none."""
        if len(body) > MAX_BODY:
            raise Failure(pb.CLASS_INVALID_REQUEST, "the request is larger than 1 MiB")
        lines = [pb.Header(name=name, value=value.encode()) for name, value in dict(headers).items()]
        secrets, self._secrets = self._secrets, []
        return await _Exchange(pb.HttpRequest(method=method, url=url, headers=lines, body=body, secrets=secrets))

    def learn(self, secret):
        """Tells the host a secret that it cannot know (a hash, a signature), for it to hide. Call it before the request that carries the secret."""
        self._secrets.append(secret.encode())
        return secret

    def log(self, level, message, **fields):
        """Writes a line to the host's log, if it wants lines of this level."""
        wanted = os.environ.get("AUTHRUN_PLUGIN_LOG", "off")
        if wanted in LEVELS and LEVELS.index(level) >= LEVELS.index(wanted):
            print(json.dumps({"@level": level, "@message": message, **fields}), file=sys.stderr, flush=True)


class _Exchange:
    """A request on its way out of the async function that awaits it, to _operate."""

    def __init__(self, request):
        self.request = request

    def __await__(self):
        return (yield self.request)


def _operate(operations, requests):
    """The stream of one operation: reads what the host sends, and yields what it gets. One exchange is under way at a time."""
    first = next(requests)
    start = first.start
    if first.WhichOneof("kind") != "start":
        raise ValueError("the first message of the host is not Start")
    if start.operation not in operations:
        yield pb.RunResponse(failure=Failure(pb.CLASS_UNSUPPORTED, "this version of the plugin does not know the operation").message)
        return
    host = Host()
    host.now = first.now.ToDatetime(datetime.timezone.utc)
    held = None
    if start.HasField("held"):  # both parts in one object, as most vendors want them
        held = {**json.loads(start.held.value or "{}"), **json.loads(start.held.private or "{}")}
    work = operations[start.operation](host, json.loads(start.config), held)
    resume, number = lambda: work.send(None), 0
    try:
        while True:
            request = resume()
            number += 1
            yield pb.RunResponse(id=number, http=request)
            while True:
                message = next(requests, None)
                kind = message and message.WhichOneof("kind")
                if message is None or kind == "cancel" and message.id in (0, number):
                    return  # the host no longer wants to know
                if message.HasField("now"):
                    host.now = message.now.ToDatetime(datetime.timezone.utc)
                if kind is None:  # one that a newer host knows
                    yield pb.RunResponse(id=message.id, unsupported=pb.Unsupported())
                elif message.id == number:
                    break
            resume = _answered(work, message)
    except StopIteration as end:
        last = end.value
        yield pb.RunResponse(ended=last) if isinstance(last, pb.Ended) else pb.RunResponse(credential=last)
    except Failure as failure:
        yield pb.RunResponse(failure=failure.message)
    finally:
        work.close()


def _answered(work, message):
    """How the operation goes on with what the host answered."""
    if message.HasField("http"):
        return lambda: work.send(message.http)
    failure = Failure(pb.CLASS_UNSUPPORTED, "the host cannot make HTTP exchanges; upgrade authrun")
    if message.HasField("no_answer"):
        failure.message = message.no_answer.failure
    return lambda: work.throw(failure)


def _vendor(description, operations, check):
    """The service of the plugin, authrun.plugin.v1.Vendor."""

    def safely(call, context):
        # What an exception says may hold a secret, so only its place is told.
        try:
            return call()
        except Exception as e:
            place = traceback.extract_tb(e.__traceback__)[-1]
            context.abort(grpc.StatusCode.INTERNAL, f"{type(e).__name__} at {os.path.basename(place.filename)}:{place.lineno}")

    def run(requests, context):
        messages = _operate(operations, requests)
        while True:
            message = safely(lambda: next(messages, None), context)
            if message is None:
                return
            yield message

    def checked(request, context):
        return safely(lambda: pb.CheckResponse(problems=check(json.loads(request.config)) if check else []), context)

    return grpc.method_handlers_generic_handler("authrun.plugin.v1.Vendor", {
        "Describe": _unary(lambda request, context: description, pb.DescribeRequest, pb.DescribeResponse),
        "Check": _unary(checked, pb.CheckRequest, pb.CheckResponse),
        "Run": grpc.stream_stream_rpc_method_handler(run, pb.RunRequest.FromString, pb.RunResponse.SerializeToString),
    })


def _unary(do, request, response):
    return grpc.unary_unary_rpc_method_handler(do, request.FromString, response.SerializeToString)


def _listen(socket, vendor):
    """Starts the server, and gives it with an event that comes when the host is done with the plugin."""
    done = threading.Event()

    def shutdown(request, context):
        done.set()
        return b""

    threading.stack_size(512 << 10)  # stacks count as memory, of which there is little
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(OPERATIONS), options=[
        ("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE)])
    raw = grpc.unary_unary_rpc_method_handler
    server.add_generic_rpc_handlers((
        vendor,
        grpc.method_handlers_generic_handler("plugin.GRPCController", {"Shutdown": raw(shutdown)}),  # of go-plugin: Empty to Empty
        grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": raw(lambda request, context: b"\x08\x01")}),  # SERVING
    ))
    server.add_insecure_port("unix:" + socket)
    server.start()
    return server, done


def _watch():
    """Ends the plugin when its host has ended, which holds the other end of stdin open as long as it lives."""
    sys.stdin.buffer.read()
    os._exit(0)


def _debug(vendor, name):
    """Waits for hosts that attach to this process, until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="authrun-debug-") as folder:  # 0700
        socket = os.path.join(folder, "socket")
        server, _ = _listen(socket, vendor)
        at = json.dumps({"pid": os.getpid(), "socket": socket, "protocol": PROTOCOL}, separators=(",", ":"))
        print(f"AUTHRUN_ATTACH='{name}={at}'", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            server.stop(1).wait()


def serve(description, operations, check=None):
    """The main of a plugin. Description is a pb.DescribeResponse, operations maps pb.OPERATION_... to async functions of (host, config, held), where
    config and held are dicts, held None where nothing is held. Each returns a pb.Credential, of revoke a pb.Ended, or raises Failure. Check, where the
    description says that it checks, takes a config and gives a list of pb.Problem."""
    vendor = _vendor(description, operations, check)
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        if sys.argv[1:] == ["debug"]:
            return _debug(vendor, description.vendor)
        if sys.argv[1:] == ["describe"]:
            return print(MessageToJson(description))
        sys.exit(f"This is the plugin {description.vendor} {description.version} for authrun, which starts it. By hand: describe, debug")
    if str(PROTOCOL) not in os.environ.get("PLUGIN_PROTOCOL_VERSIONS", "").split(","):
        print("the host does not speak protocol version", PROTOCOL, file=sys.stderr)  # the handshake tells it, too
    folder = os.environ["PLUGIN_UNIX_SOCKET_DIR"]
    about = os.stat(folder)
    if about.st_uid != os.geteuid() or about.st_mode & 0o077:
        sys.exit("the folder for the socket is open to others")  # Python's gRPC cannot ask who connects: the folder keeps strangers out
    threading.Thread(target=_watch, daemon=True).start()
    stdout = os.dup(1)
    os.dup2(2, 1)  # what the vendor's code prints must not spoil the handshake
    socket = os.path.join(folder, f"plugin{os.getpid()}")
    server, done = _listen(socket, vendor)
    os.write(stdout, f"1|{PROTOCOL}|unix|{socket}|grpc\n".encode())
    done.wait()
    server.stop(1).wait()
    os._exit(0)  # not held up by an operation that does not end
