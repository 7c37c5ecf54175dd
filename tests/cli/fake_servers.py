"""Servers on 127.0.0.1 that look like what `caracal pull` talks to, and misbehave on request.

`Hub` answers like the Hugging Face hub, `Store` like the content network that large files lie on
(and like any other host), `Index` like a Python package index.
"""
import base64
import hashlib
import io
import json
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_blob_sha1(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Server:
    """One HTTP/1.1 server in a thread of its own. Subclasses answer(request)."""

    def __init__(self):
        self.seen = []  # (method, path, headers) of every request
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                with outer.lock:
                    outer.seen.append((self.command, self.path, dict(self.headers)))
                try:
                    outer.answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_HEAD = handle_one

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 32

            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def paths(self, method="GET"):
        return [path for seen, path, _ in self.seen if seen == method]

    @staticmethod
    def reply(request, status, body=b"", **headers):
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), str(value))
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)


class Store(Server):
    """Files by path, with ETag and ranges. What may go wrong is an attribute."""

    def __init__(self):
        super().__init__()
        self.files = {}
        self.etags = {}
        self.cuts = []            # for each request for bytes: how many come before it breaks
        self.always_cut = None    # the same for every request
        self.on_request = None    # called before a body is sent
        self.knows_ranges = True
        self.has_etag = True
        self.chunked = False      # no Content-Length
        self.surplus = b""        # sent after the body, when chunked
        self.refuse = []          # statuses to answer with, one request each
        self.piece_delay = 0      # seconds before each 256 KiB
        self.n_sent = 0           # bytes of bodies
        self.open_now = self.open_most = 0

    def etag(self, path):
        return self.etags.get(path, f'"{sha256(self.files[path])[:16]}"')

    def answer(self, request):
        path = urlsplit(request.path).path
        if self.refuse:
            return self.reply(request, self.refuse.pop(0))
        if path.startswith("/loop"):
            return self.reply(request, 302, Location=f"{self.url}{path}x")
        if unquote(path) not in self.files:
            return self.reply(request, 404)
        path = unquote(path)
        if self.on_request and request.command == "GET":
            self.on_request(request)
        data, etag = self.files[path], self.etag(path)
        first, last = 0, len(data) - 1
        wanted = request.headers.get("Range")
        valid = request.headers.get("If-Range") in (None, etag)
        ranged = bool(wanted) and self.knows_ranges and valid
        if ranged:
            a, b = wanted.removeprefix("bytes=").split("-")
            first, last = int(a), min(int(b or last), last)
            if first > last:
                return self.reply(request, 416)
        body = data[first:last + 1]
        request.send_response(206 if ranged else 200)
        if self.has_etag:
            request.send_header("ETag", etag)
        if self.knows_ranges:
            request.send_header("Accept-Ranges", "bytes")
        if ranged:
            request.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        if self.chunked:
            request.send_header("Transfer-Encoding", "chunked")
        else:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command == "HEAD":
            return None
        return self.send_body(request, body + self.surplus if self.chunked else body)

    def send_body(self, request, body):
        with self.lock:
            limit = self.cuts.pop(0) if self.cuts else self.always_cut
            self.open_now += 1
            self.open_most = max(self.open_most, self.open_now)
        cut = limit is not None and limit < len(body)
        try:
            for at in range(0, limit if cut else len(body), 1 << 18):
                piece = body[at:min(at + (1 << 18), limit if cut else len(body))]
                time.sleep(self.piece_delay)
                request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if self.chunked else piece)
                with self.lock:
                    self.n_sent += len(piece)
            if self.chunked and not cut:
                request.wfile.write(b"0\r\n\r\n")
        finally:
            with self.lock:
                self.open_now -= 1
        request.close_connection = request.close_connection or cut


class Hub(Server):
    """Repositories; files of `large` bytes or more are on a Store."""

    def __init__(self, store, large=1000):
        super().__init__()
        self.store, self.large = store, large
        self.repos = {}
        self.down = None          # a status for every request
        self.says_hashes = True   # in listings
        self.wrong_hash = set()   # paths whose hash is a lie
        self.wrong_size = set()

    def add(self, name, files, commit="a" * 40, revisions=("main",), token=None, gated=False,
            licence="apache-2.0"):
        self.repos[name] = {"files": files, "commit": commit, "revisions": revisions,
                            "token": token, "gated": gated, "licence": licence}
        for path, data in files.items():
            if len(data) >= self.large:
                self.store.files[f"/blobs/{sha256(data)}"] = data

    def refused(self, request, repo):
        sent = request.headers.get("Authorization")
        if repo is None:
            if sent:
                self.reply(request, 404, X_Error_Code="RepoNotFound")
            else:
                self.reply(request, 401, X_Error_Message="Invalid username or password.")
        elif repo["gated"] and sent != f"Bearer {repo['token']}":
            self.reply(request, 403 if sent else 401, X_Error_Code="GatedRepo")
        elif repo["token"] and sent != f"Bearer {repo['token']}":
            self.reply(request, 401)
        else:
            return False
        return True

    def answer(self, request):
        if self.down:
            return self.reply(request, self.down)
        words = [unquote(word) for word in urlsplit(request.path).path.split("/")[1:]]
        is_api = words[:2] == ["api", "models"]
        name = "/".join(words[2:4] if is_api else words[:2])
        repo = self.repos.get(name)
        if self.refused(request, repo):
            return None
        revision = words[5] if is_api else words[3]
        if revision not in (*repo["revisions"], repo["commit"]):
            return self.reply(request, 404, X_Error_Code="RevisionNotFound")
        if is_api:
            return self.reply(request, 200, json.dumps(self.listing(name, repo)).encode(),
                              Content_Type="application/json")
        return self.file(request, repo, "/".join(words[4:]))

    def hash_of(self, path, data):
        if path in self.wrong_hash:
            return "0" * 64
        return sha256(data) if len(data) >= self.large else git_blob_sha1(data)

    def listing(self, name, repo):
        siblings = []
        for path, data in repo["files"].items():
            item = {"rfilename": path}
            size = len(data) + (7 if path in self.wrong_size else 0)
            if self.says_hashes:
                item |= {"size": size, "blobId": git_blob_sha1(data)}
                if len(data) >= self.large:
                    item["lfs"] = {"sha256": self.hash_of(path, data), "size": size,
                                   "pointerSize": 135}
            siblings.append(item)
        return {"id": name, "sha": repo["commit"], "gated": "auto" if repo["gated"] else False,
                "tags": [f"license:{repo['licence']}"], "cardData": {"license": repo["licence"]},
                "siblings": siblings}

    def file(self, request, repo, path):
        if path not in repo["files"]:
            return self.reply(request, 404, X_Error_Code="EntryNotFound")
        data = repo["files"][path]
        if len(data) < self.large:
            return self.reply(request, 200, data, ETag=f'"{self.hash_of(path, data)}"',
                              X_Repo_Commit=repo["commit"])
        return self.reply(request, 302, Location=f"{self.store.url}/blobs/{sha256(data)}?sig=secret",
                          X_Repo_Commit=repo["commit"], X_Linked_Size=len(data),
                          X_Linked_Etag=f'"{self.hash_of(path, data)}"')


class Index(Server):
    """Wheels under /simple and /files."""

    def __init__(self):
        super().__init__()
        self.store = Store()
        self.wheels = {}        # project: [(file name, bytes)]
        self.yanked = set()
        self.metadata = {}      # file name: METADATA, served beside the wheel
        self.html = False
        self.wrong_hash = False
        self.only_for_pip = False

    def close(self):
        self.store.close()
        super().close()

    def add(self, project, version, members, requires=(), licence="MIT"):
        """members: {path: bytes}."""
        name = f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
        metadata = f"Metadata-Version: 2.4\nName: {project}\nVersion: {version}\n"
        metadata += f"License-Expression: {licence}\n" if licence else ""
        metadata += "".join(f"Requires-Dist: {text}\n" for text in requires) + "\nRequires-Dist: no\n"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            info = name.split("-py3")[0] + ".dist-info"
            for path, data in {**members, f"{info}/METADATA": metadata.encode(),
                               f"{info}/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
                               f"{info}/RECORD": b""}.items():
                archive.writestr(path, data)
        self.put(project, name, out.getvalue())
        return name

    def put(self, project, name, data):
        wheels = self.wheels.setdefault(project, [])
        wheels[:] = [wheel for wheel in wheels if wheel[0] != name] + [(name, data)]
        self.store.files[f"/files/{name}"] = data

    def answer(self, request):
        path = urlsplit(request.path).path
        words = path.strip("/").split("/")
        if self.only_for_pip and not request.headers.get("User-Agent", "").startswith("pip/"):
            return self.reply(request, 403)
        if words[0] == "simple" and len(words) == 2 and words[1] in self.wheels:
            return self.project(request, words[1])
        if path.startswith("/files/") and path.endswith(".metadata"):
            name = words[1].removesuffix(".metadata")
            if name in self.metadata:
                return self.reply(request, 200, self.metadata[name])
        if path.startswith("/files/"):
            return self.store.answer(request)
        return self.reply(request, 404)

    def project(self, request, project):
        files = [(name, "0" * 64 if self.wrong_hash else sha256(data), len(data))
                 for name, data in self.wheels[project]]
        if self.html:
            links = "".join(f'<a href="../../files/{name}#sha256={digest}"'
                            f'{" data-yanked" if name in self.yanked else ""}>{name}</a>'
                            for name, digest, _ in files)
            return self.reply(request, 200, f"<html><body>{links}</body></html>".encode())
        items = [{"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": digest},
                  "size": size, "yanked": name in self.yanked, "core-metadata": name in self.metadata}
                 for name, digest, size in files]
        body = json.dumps({"meta": {"api-version": "1.1"}, "name": project, "files": items})
        return self.reply(request, 200, body.encode(),
                          Content_Type="application/vnd.pypi.simple.v1+json")


def basic_auth(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
