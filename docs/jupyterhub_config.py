"""JupyterHub for one class on one machine; docs/jupyterhub.md tells how to use it.

    COPYDESK_CLASS=/srv/copydesk COPYDESK_CLASS_SECRET=… jupyterhub -f jupyterhub_config.py

COPYDESK_CLASS         the folder of the class: class.csv and edition/ are yours, the rest is made here
COPYDESK_CLASS_SECRET  32 characters or more; each password is made from it, and none is stored
COPYDESK_TEACHERS      sign-in names of teachers, as anna,ben (default: teacher)
COPYDESK_HUB_URL       where to listen (default: http://127.0.0.1:8000)
COPYDESK_HUB_CERT, COPYDESK_HUB_KEY  files of a certificate and its key, for HTTPS without another server in front

`python jupyterhub_config.py`, with the first two set, prints names and passwords to cut into slips.
"""

import base64
import hmac
import os
import re
import shutil
import sys
from pathlib import Path

from copydesk.answers.place import learner_of, remember_learner
from copydesk_classroom.collecting.roster import read_roster

os.umask(0o077)  # what is made here is nobody else's on this machine
CLASS = Path(os.environ.get("COPYDESK_CLASS", "/srv/copydesk")).resolve()
SECRET = os.environ.get("COPYDESK_CLASS_SECRET", "")
TEACHERS = {name.strip().lower() for name in os.environ.get("COPYDESK_TEACHERS", "teacher").split(",")}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")  # nothing else may become a folder

if len(SECRET) < 32:
    sys.exit("COPYDESK_CLASS_SECRET is missing or short; make one with: openssl rand -hex 32")


def learners() -> list[str]:
    """Sign-in names: `login` or `id` in class.csv, read anew each time, so that a late comer is just one line more."""
    return [(pupil.login or pupil.id).lower() for pupil in read_roster(CLASS / "class.csv").pupils()]


def password(name: str) -> str:
    """What a learner or a teacher signs in with: 60 bits that only the secret can tell."""
    digest = hmac.digest(SECRET.encode(), name.encode(), "sha256")
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[n : n + 4] for n in (0, 4, 8))


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}  {password(name)}\n" for name in [*sorted(TEACHERS), *learners()])
    sys.exit()

from jupyterhub.auth import Authenticator  # noqa: E402


class ClassList(Authenticator):
    """Lets in whoever stands in class.csv, and the teachers."""

    async def authenticate(self, handler, data):
        """The name and whether it is a teacher's; None if the password is another's."""
        name, given = (data[field].strip().lower() for field in ("username", "password"))
        right = hmac.compare_digest(given.encode(), password(name).encode())
        known = NAME.fullmatch(name) and name in {*TEACHERS, *learners()}
        return {"name": name, "admin": name in TEACHERS} if right and known else None


def make_room(spawner) -> None:
    """A learner's own folder: notebooks not yet there, and the name that goes into hand-ins."""
    name = spawner.user.name
    if name in TEACHERS:
        spawner.home_dir, spawner.notebook_dir, spawner.default_url = str(CLASS / "teachers" / name), str(CLASS), "/lab"
        return
    home = CLASS / "learners" / name
    (home / "notebooks").mkdir(parents=True, exist_ok=True)
    for notebook in (CLASS / "edition" / "notebooks").glob("*.ipynb"):
        if not (home / "notebooks" / notebook.name).exists():
            shutil.copy(notebook, home / "notebooks")
    if learner_of(home / "answers") is None:
        remember_learner(home / "answers", name)


if not (CLASS / "edition" / "notebooks").is_dir():
    sys.exit(f"{CLASS / 'edition'} holds no notebooks; make it with: copydesk release {CLASS / 'edition'}")
if odd := [name for name in [*TEACHERS, *learners()] if not NAME.fullmatch(name)]:
    sys.exit(f"nobody can sign in as {odd[0]!r}; begin with a letter or digit, then also . _ - may come, 60 in all")
(CLASS / "hub" / "labconfig").mkdir(parents=True, exist_ok=True)
(CLASS / "hub" / "labconfig" / "page_config.json").write_text(  # no question about news, no look for newer versions
    '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
)
(CLASS / "hub" / "jupyter_server_config.json").write_text(  # no search for language servers: a sixth of a start
    '{"LanguageServerManager": {"autodetect": false}}'
)

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = os.environ.get("COPYDESK_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = (os.environ.get(f"COPYDESK_HUB_{n}", "") for n in ("CERT", "KEY"))
c.JupyterHub.db_url = f"sqlite:///{CLASS / 'hub' / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(CLASS / "hub" / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(CLASS / "hub" / "proxy.pid")

c.JupyterHub.authenticator_class = ClassList
c.Authenticator.allow_all = True  # all whom ClassList lets in

c.JupyterHub.spawner_class = "simple"  # one system account for all: see “Whom it is for” in jupyterhub.md
c.SimpleLocalProcessSpawner.home_dir_template = str(CLASS / "learners" / "{username}")
c.Spawner.pre_spawn_hook = make_room
c.Spawner.default_url = "/doc/tree/notebooks/00_start_here.ipynb"
c.Spawner.start_timeout = c.Spawner.http_timeout = 240  # seconds; thirty at once on two cores need a while
c.Spawner.environment = {
    "COPYDESK_ANSWERS": "~/answers",
    "COPYDESK_SEEDS": str(CLASS / "edition" / "seeds"),
    "JUPYTER_CONFIG_PATH": str(CLASS / "hub"),
    "MPLCONFIGDIR": str(CLASS / "hub" / "matplotlib"),  # its list of fonts is made once, not once a learner
    "OPENBLAS_NUM_THREADS": "1",
}

culler = [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]  # seconds; answers are on the disk by then
c.JupyterHub.services = [{"name": "cull-idle", "command": culler}]
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [{"name": "cull-idle", "scopes": scopes, "services": ["cull-idle"]}]
