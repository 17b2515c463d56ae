"""Who can sign in to the demonstration district. Printed at the start; no models here."""

from dataclasses import dataclass

PASSWORD = "Gulou-demo-2026"  # noqa: S105  a made-up district on one's own machine


@dataclass(frozen=True)
class Login:
    """One made-up person: what they do, in both languages, and how to be them."""

    role_zh: str
    role_en: str
    username: str
    password: str = PASSWORD


def logins() -> list[Login]:
    """One person for every role that the demonstration shows, the dispatcher first."""
    return [
        Login("派遣员（区文明委）", "Dispatcher, civility committee", "guo"),
        Login("受理员（区文明委）", "Resident service, civility committee", "su"),
        Login("街道经办人（榕荫街道）", "Street worker, Rongyin Street", "lin"),
        Login("街道分管领导（榕荫街道）", "Leader in charge, Rongyin Street", "ye"),
        Login("社区工作者（榕下社区）", "Community worker, Rongxia Community", "hu"),
        Login("处置员（环卫服务中心）", "Crew, sanitation centre", "chen"),
        Login("核查员（创建督导一组）", "Rechecker, supervision team 1", "he"),
        Login("督查员（创建督导二组）", "Inspector, supervision team 2", "tang"),
        Login("包街镇区领导", "District leader who looks after a street", "gao"),
        Login("查阅（区督查室）", "Reader, supervision office", "wu"),
        Login(
            "系统管理员（全部配置；首次登录绑定动态口令）",
            "Administrator (all of Setup; sets up a one-time code)",
            "admin",
        ),
    ]
