"""What tests and benches need from the system; installed where this account may, else asked for."""

import os
import shlex
import shutil

from runner.postgresql import postgres_folder
from runner.steps import Stop, answer, step

APT_PACKAGES = {
    "postgresql": "PostgreSQL",
    "chromium": "Chromium",
    "fonts-noto-cjk": "中文字体 · Chinese fonts",
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium():
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


def install_from_debian(databases):
    """What the tests need from the system; installed where this account may, else asked for."""
    there = {
        "postgresql": "--postgres" not in databases or postgres_folder(),
        "chromium": "--sqlite" not in databases or chromium(),
        "fonts-noto-cjk": "--sqlite" not in databases or answer(["fc-list", ":lang=zh"]),
    }
    missing = [package for package in APT_PACKAGES if not there[package]]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    before = [] if os.getuid() == 0 else ["sudo", "-n"]
    allowed = shutil.which("apt-get") and (not before or answer(["sudo", "-n", "true"]) is not None)
    if not allowed:
        names, command = "、".join(APT_PACKAGES[package] for package in missing), shlex.join(install)
        raise Stop(
            f"测试还缺 {names}，本账号不能安装；请让管理员运行：\n  apt-get update && {command}",
            "The tests need these, and this account may not install them; ask an administrator to run the line above.",
        )
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    step("Debian 软件目录 · Debian's package lists", [*before, "apt-get", "update"], env=quiet)
    step(f"Debian 软件包 · Debian packages: {' '.join(missing)}", [*before, *install], env=quiet)
