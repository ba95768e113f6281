"""Places on disk."""

import os
from pathlib import Path

from .environment import env_text, stop

ROOT = Path(__file__).resolve().parents[3]


def writable_folder(name, path):
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(
            name,
            f"目录 {path} 建不起来（{error.strerror}）；请改成本账号可写的目录。",
            f"the folder {path} cannot be made ({error.strerror}); name one that this account may write to.",
        )
    if not os.access(path, os.W_OK | os.X_OK):
        stop(
            name,
            f"目录 {path} 不可写；请改成本账号可写的目录。",
            f"the folder {path} cannot be written to; name one that this account may write to.",
        )
    return path


# an installed Duzhan keeps its data below the folder in which it is started
HOME = ROOT if (ROOT / "manage.py").exists() else Path.cwd()

_data_dir = env_text("DUZHAN_DATA_DIR", "var", "Folder for all Duzhan keeps: SQLite, uploads, secret key, mails.")
DUZHAN_DATA_DIR = writable_folder("DUZHAN_DATA_DIR", (HOME / _data_dir).resolve())
DUZHAN_PACKS_DIR = ROOT / "packs"
